/** A page of a browser that lets itself be looked at on a port; Playwright wants more of it than Electron gives. */
export interface SeenPage {
  url: string;
  webSocketDebuggerUrl: string;
}

export async function pagesAt(port: string): Promise<SeenPage[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
  return (await answer.json()) as SeenPage[];
}

/** What an expression comes to in a page; a promise is waited for. Rejects with what it threw. */
export function evaluateIn(page: SeenPage, expression: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    socket.addEventListener('error', () => reject(new Error(`no connection to ${page.url}`)));
    socket.addEventListener('open', () => {
      const params = { expression, awaitPromise: true, returnByValue: true };
      socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    });
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(String(data));
      if (id !== 1) return;
      socket.close();
      if (result.exceptionDetails)
        reject(new Error(result.exceptionDetails.exception?.description ?? 'it threw'));
      else resolve(result.result.value);
    });
  });
}
