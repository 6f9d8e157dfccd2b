# Written by `npm run release`.
cask "toaster-app" do
  arch arm: "arm64", intel: "x64"

  version "{{version}}"
  sha256 arm:   "{{sha256_arm64}}",
         intel: "{{sha256_x64}}"

  url "{{url}}"
  name "Toaster"
  desc "Local models kept warm behind one port, with fallback chains"{{homepage}}

  depends_on macos: ">= :monterey"

  app "Toaster.app"
  binary "#{appdir}/Toaster.app/Contents/Resources/ask"

  uninstall quit: "dev.toaster.app"

  # Models, cache and log stay: ~/.local/share/ask is also the headless program's.
  zap trash: [
    "~/Library/Application Support/Toaster",
    "~/Library/Logs/Toaster",
    "~/Library/Preferences/dev.toaster.app.plist",
  ]
end
