import type { TrayTitle } from '../../proxy/contract.ts';
import { Segments } from '../parts/segments.tsx';
import { Switch } from '../parts/switch.tsx';
import { Group, Row } from './group.tsx';
import type { KnownApp } from './use-app-state.ts';

const TITLES: Record<TrayTitle, string> = { none: 'Icon', memory: 'Memory', tier: 'Tier', both: 'Both' };

/** What only the app can do. */
export function AppGroup({ app }: { app: KnownApp }) {
  const { state, error, pending, change } = app;
  if (!state)
    return error ? (
      <p className="notice">{error}</p>
    ) : (
      <div className="card settings-bone" aria-busy="true" />
    );
  const { settings, openAtLogin, ask, updates } = state;
  return (
    <Group title="App">
      <Row name="In the menu bar">
        <Segments
          label="In the menu bar"
          options={TITLES}
          value={settings.title}
          onChange={(title) => change((shell) => shell.change({ title }))}
        />
      </Row>
      <Row name="Tell when memory gets tight">
        <Switch
          label="Tell when memory gets tight"
          on={settings.notifyPressure}
          onChange={(notifyPressure) => change((shell) => shell.change({ notifyPressure }))}
        />
      </Row>
      <Row name="Tell when a smaller model answered">
        <Switch
          label="Tell when a smaller model answered"
          on={settings.notifyDemotion}
          onChange={(notifyDemotion) => change((shell) => shell.change({ notifyDemotion }))}
        />
      </Row>
      {openAtLogin !== null && (
        <Row name="Open at login">
          <Switch
            label="Open at login"
            on={openAtLogin}
            onChange={(open) => change((shell) => shell.setOpenAtLogin(open))}
          />
        </Row>
      )}
      {updates !== null && (
        <Row name="Check for updates" note={updates}>
          <Switch
            label="Check for updates"
            on={settings.checkUpdates}
            onChange={(checkUpdates) => change((shell) => shell.change({ checkUpdates }))}
          />
        </Row>
      )}
      <Row name="The ask command" note={<AskNote link={ask.link} onPath={ask.onPath} />}>
        <button
          type="button"
          className="button"
          aria-busy={pending || undefined}
          onClick={() => !pending && change((shell) => shell.installAsk(ask.link === null))}
        >
          {ask.link === null ? 'Install ask' : 'Remove'}
        </button>
      </Row>
      {error && (
        <p className="row-error" role="alert">
          {error}
        </p>
      )}
    </Group>
  );
}

function AskNote({ link, onPath }: { link: string | null; onPath: boolean }) {
  if (link === null) return 'Not installed';
  return onPath ? link : `${link}, in a folder that PATH does not name`;
}
