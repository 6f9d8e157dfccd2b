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

const root = document.getElementById('page');
if (!root) throw new Error('index.html has no #page.');
const page = makePage(window.toaster, prefetchCharts);
createRoot(root).render(
  <StrictMode>
    <PageContext value={page}>
      <App />
    </PageContext>
  </StrictMode>,
);
