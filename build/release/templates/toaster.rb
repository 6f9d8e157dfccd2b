# Written by `npm run release`.
class Toaster < Formula
  desc "Local models kept warm behind one port, with fallback chains"{{homepage}}
  url "{{url}}"
  version "{{version}}"
  sha256 "{{sha256}}"
  license "MIT"

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
    man1.install_symlink libexec.glob("share/man/man1/*")
    bash_completion.install "completions/ask.bash" => "ask"
    zsh_completion.install "completions/_ask"
    fish_completion.install "completions/ask.fish"
  end

  def caveats
    <<~TEXT
      `brew services start toaster` keeps it running; so does `toaster install-service`, with the
      ASK_* variables of your shell. Take one of the two. `ask --pull tiny` fetches a first model.
    TEXT
  end

  service do
    run opt_bin/"toaster"
    keep_alive crashed: true
    environment_variables PATH: std_service_path_env
    log_path var/"log/toaster.log"
    error_log_path var/"log/toaster.log"
  end

  test do
    assert_equal "toaster #{version}", shell_output("#{bin}/toaster --version").strip
    port = free_port
    ENV["ASK_PORT"] = port.to_s
    ENV["ASK_DATA_DIR"] = testpath/"data"
    pid = spawn bin/"toaster"
    begin
      sleep 3
      assert_equal "toaster #{version}", shell_output("#{bin}/ask --version").strip
    ensure
      Process.kill "TERM", pid
      Process.wait pid
    end
  end
end
