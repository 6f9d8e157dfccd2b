import { useState } from 'react';
import type { Settings, Shell } from '../../proxy/contract.ts';
import { wordsOf } from '../api/client.ts';
import { Row } from './group.tsx';

/** Where the config and the log are; the app opens them. */
export function Files({ settings, shell }: { settings: Settings; shell: Shell | undefined }) {
  const [error, setError] = useState<string | null>(null);
  const open = (action: (shell: Shell) => Promise<void>): void => {
    setError(null);
    if (shell) action(shell).catch((reason: unknown) => setError(wordsOf(reason)));
  };
  return (
    <>
      <Row name="Config" note={<FilePath path={settings.config_file} />}>
        {shell && (
          <button type="button" className="button" onClick={() => open((app) => app.openConfig())}>
            Edit
          </button>
        )}
      </Row>
      <Row name="Log" note={<FilePath path={settings.log_file} />}>
        {shell && (
          <button type="button" className="button" onClick={() => open((app) => app.showLog())}>
            Show in Finder
          </button>
        )}
      </Row>
      {error && (
        <p className="row-error" role="alert">
          {error}
        </p>
      )}
    </>
  );
}

function FilePath({ path }: { path: string }) {
  return (
    <code className="path" title={path}>
      {path}
    </code>
  );
}
