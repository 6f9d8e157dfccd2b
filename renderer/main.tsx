import './styles/tokens.css';
import './styles/base.css';
import './styles/now.css';
import './styles/requests.css';
import './styles/charts.css';
import './styles/settings.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Shell } from '../proxy/contract.ts';
import { App } from './app.tsx';
import { prefetchCharts } from './charts/lazy-charts.tsx';
import { makePage } from './state/make-page.ts';
import { PageContext } from './state/page.ts';

declare global {
  interface Window {
    /** Put there by the app's preload. */
    toaster?: Shell;
  }
}

/** After so long an empty page is better than none. */
const PATIENCE_MS = 100;

const root = document.getElementById('page');
if (!root) throw new Error('index.html has no #page.');
const page = makePage(window.toaster);
void page.seen.then(prefetchCharts);
// Mostly the status is there at once, and nobody sees an empty page first.
void Promise.race([page.seen, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]).then(() =>
  createRoot(root).render(
    <StrictMode>
      <PageContext value={page}>
        <App />
      </PageContext>
    </StrictMode>,
  ),
);
