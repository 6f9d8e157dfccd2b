import { EXIT } from '../contract.ts';
import { lineChart, type Series } from './chart.ts';
import { escapeHtml } from './escape-html.ts';
import type { StressRequest, StressResult, StressSample } from './run.ts';
import { type ModelSummary, summarize } from './summary.ts';

/** The report of a stress test: one page that needs nothing else. Null: there has been none. */
export function stressPage(result: StressResult | null): string {
  if (result === null)
    return page('No stress test yet', '<p>Run one: <code>ask --stress</code>. Its report will be here.</p>');
  const { options, ts, samples, seconds, thrashFrom, requests } = result;
  const { models, verdict } = summarize(result);
  const { each, rounds, guard } = options;
  const curve = (name: string, color: string, of: (sample: StressSample) => number | null): Series => ({
    name,
    color,
    points: samples.map((sample) => [sample.at, of(sample)]),
  });
  const memory = [
    curve('available', '--a', ({ available }) => available),
    curve('Ollama', '--b', ({ ollama }) => ollama),
    curve('llama.cpp', '--c', ({ llamacpp }) => llamacpp),
  ];
  const paging = [
    curve('swapouts', '--a', ({ swapouts }) => swapouts),
    curve('pageouts', '--b', ({ pageouts }) => pageouts),
  ];
  return page(
    'Stress test',
    `<p class="verdict">${escapeHtml(verdict)}</p>
<p>${escapeHtml(`${new Date(ts * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC: ${each} requests at a time to each of ${options.models.join(' and ')}, ${rounds} rounds, memory ${guard === 'on' ? 'planned by Toaster' : 'not planned (--guard off)'}.`)}</p>
${modelTable(models)}
${lineChart({ title: 'Memory', label: (bytes) => `${(bytes / 1e9).toFixed(1)} GB`, series: memory, seconds })}
${lineChart({ title: 'Pages out per second; the dashed line is where thrashing begins', label: (pages) => String(Math.round(pages)), series: paging, seconds, limit: thrashFrom })}
${requestChart(requests, seconds)}`,
  );
}

function modelTable(models: ModelSummary[]): string {
  const rows = models.map(
    ({ model, requests, demoted, failed, reasons, latency, firstToken, loading }) =>
      `<tr><th scope="row">${escapeHtml(model)}</th><td>${requests}</td><td>${demoted}${listed(reasons)}</td><td>${failed}</td><td>${time(latency?.p50)}</td><td>${time(latency?.p95)}</td><td>${time(firstToken?.p50)}</td><td>${time(loading)}</td></tr>`,
  );
  return `<table><thead><tr><th></th><th>requests</th><th>demoted</th><th>failed</th><th>p50</th><th>p95</th><th>first token p50</th><th>loading</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function listed(reasons: Record<string, number>): string {
  const all = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`);
  return all.length === 0 ? '' : ` <small>(${escapeHtml(all.join(', '))})</small>`;
}

/** A bar for each request, from its beginning to its end; what waited for its first token is paler. */
function requestChart(requests: StressRequest[], seconds: number): string {
  const bars = requests
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, receipt }, index) => {
      const share = (value: number): string => `${((value / Math.max(seconds, 1)) * 100).toFixed(2)}%`;
      const { model, served_by, exit_code, demoted, degraded_reason, latency_s, ttft_s, error } = receipt;
      const kind = exit_code !== EXIT.answered ? 'failed' : demoted ? 'demoted' : 'answered';
      const why =
        kind === 'failed' ? (error ?? '') : kind === 'demoted' ? `${served_by}, ${degraded_reason}` : '';
      const said = `${model} ${kind}${why === '' ? '' : ` (${why})`}, ${latency_s.toFixed(1)} s`;
      const first = share(ttft_s ?? latency_s);
      return `<li><span class="bar ${kind}" style="margin-left: ${share(at)}; width: ${share(latency_s)}"></span><span class="wait" style="margin-left: ${share(at)}; width: ${first}"></span><b>${index + 1}</b> ${escapeHtml(said)}</li>`;
    });
  return `<figure><figcaption>Requests</figcaption><ol>${bars.join('')}</ol></figure>`;
}

const time = (seconds: number | undefined): string =>
  seconds === undefined ? '-' : `${seconds.toFixed(1)} s`;

const STYLE = `
:root { color-scheme: light dark; --a: #2563c9; --b: #c2570c; --c: #15803d; --line: #8884; --bad: #c81e1e; }
@media (prefers-color-scheme: dark) { :root { --a: #7aa9f7; --b: #f0a35e; --c: #5ec98a; --bad: #f27878; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } .verdict { font-size: 1.1rem; font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid var(--line); } th:first-child { text-align: left; }
figure { margin: 1.5rem 0; } figcaption { font-weight: 600; margin-bottom: .3rem; }
figcaption span { font-weight: 400; margin-left: .8rem; } figcaption i { display: inline-block; width: .8em; height: .2em; vertical-align: middle; margin-right: .3em; }
svg { width: 100%; } svg text { font-size: 11px; fill: currentColor; opacity: .75; } path { fill: none; stroke-width: 1.8; }
.grid { stroke: var(--line); } .limit { stroke: var(--bad); stroke-dasharray: 5 4; } .none { opacity: .7; }
ol { list-style: none; padding: 0; font-size: 13px; } li { position: relative; padding: .1rem 0 .5rem; }
.bar, .wait { display: block; position: absolute; left: 0; bottom: 0; height: 5px; border-radius: 2px; min-width: 2px; }
.bar.answered { background: var(--c); } .bar.demoted { background: var(--b); } .bar.failed { background: var(--bad); }
.wait { background: Canvas; opacity: .55; } b { font-weight: 400; opacity: .6; }`;

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Toaster: ${title}</title><style>${STYLE}</style></head><body><h1>Toaster: ${title.toLowerCase()}</h1>${body}</body></html>\n`;
