import { Typed } from '../parts/typed.tsx';
import { usePage } from '../state/page.ts';
import { useStore } from '../state/store.ts';
import { About } from './about.tsx';
import { AppGroup } from './app-group.tsx';
import { Files } from './files.tsx';
import { Group } from './group.tsx';
import { PricesForm } from './prices-form.tsx';
import { ReserveForm } from './reserve-form.tsx';
import { useAppState } from './use-app-state.ts';
import { useSettings } from './use-settings.ts';

/** What can be set: the app's own things where there is an app, and those of the config. */
export function Settings() {
  const { access, shell } = usePage();
  const { may, why } = useStore(access.permission);
  const { settings, error, change } = useSettings();
  const app = useAppState(shell);
  const blocked = may ? null : (why ?? 'One moment ...');
  return (
    <div className="settings">
      {!may && why !== null && (
        <p className="notice">
          <Typed text={why} />
        </p>
      )}
      {error && !settings && <p className="notice">{error}</p>}
      {shell && <AppGroup app={app} />}
      {settings ? (
        <>
          <Group title="Reserve">
            <ReserveForm value={settings.reserve_gb} blocked={blocked} onSave={change} />
          </Group>
          <Group
            title="What it saves"
            note="Prices of the tier above, per million tokens. With them Toaster tells what its answers would have cost."
          >
            <PricesForm prices={settings.prices} blocked={blocked} onSave={change} />
          </Group>
          <Group title="Files">
            <Files settings={settings} shell={shell} />
          </Group>
        </>
      ) : (
        !error && <div className="card settings-bone" aria-busy="true" />
      )}
      <About app={app.state} />
    </div>
  );
}
