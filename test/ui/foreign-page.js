/** A page of somebody else's, in its browser: tries all that it can on the proxy at `target`, and says what came of it. */
globalThis.attack = async (target) => {
  const chat = JSON.stringify({ model: 'fast-9b', messages: [{ role: 'user', content: 'steal' }] });
  const outcomes = {};
  const attempt = async (name, path, init = {}) => {
    try {
      const response = await fetch(target + path, init);
      outcomes[name] = response.type === 'opaque' ? 'opaque' : `read ${(await response.text()).length}`;
    } catch {
      outcomes[name] = 'refused';
    }
  };
  const json = { 'content-type': 'application/json' };
  await attempt('read the status', '/api/status');
  await attempt('read the log', '/api/requests', { credentials: 'include' });
  await attempt('ask with JSON', '/v1/chat/completions', { method: 'POST', headers: json, body: chat });
  await attempt('ask with text', '/v1/chat/completions', { method: 'POST', mode: 'no-cors', body: chat });
  await attempt('ask with a form', '/ask', {
    method: 'POST',
    mode: 'no-cors',
    body: new URLSearchParams({ a: 'steal' }),
  });
  await attempt('ask with its header', '/ask', {
    method: 'POST',
    headers: { 'x-ask': '1' },
    body: new URLSearchParams({ a: 'steal' }),
  });
  await attempt('pin', '/api/models/fast-9b/pin', { method: 'PUT', headers: json, body: '{"pinned":true}' });
  await attempt('cool', '/api/cool', { method: 'POST', mode: 'no-cors' });
  await attempt('guess a code', '/api/session', { method: 'POST', mode: 'no-cors', body: '{"code":"x"}' });
  outcomes.beacon = String(navigator.sendBeacon(`${target}/ask`, new URLSearchParams({ a: 'steal' })));
  const form = document.createElement('form');
  Object.assign(form, { method: 'POST', action: `${target}/ask`, target: 'frame' });
  form.innerHTML = '<input name="a" value="steal"><iframe name="frame"></iframe>';
  document.body.append(form);
  form.submit();
  const loaded = (tag, src) =>
    new Promise((resolve) => {
      const element = document.createElement(tag);
      element.onload = () => resolve('loaded');
      element.onerror = () => resolve('refused');
      element.src = src;
      document.body.append(element);
    });
  outcomes.script = await loaded('script', `${target}/api/status`);
  outcomes.image = await loaded('img', `${target}/ui/icon.svg`);
  const ended = (source) =>
    new Promise((resolve) => {
      source.onopen = () => resolve('opened');
      source.onerror = () => resolve('refused');
    });
  outcomes.events = await ended(new EventSource(`${target}/api/events`));
  outcomes.socket = await ended(new WebSocket(`${target.replace('http', 'ws')}/api/events`));
  return outcomes;
};
