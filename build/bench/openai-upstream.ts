import http from 'node:http';

/** A server of OpenAI's API that says the question again: the fake Ollama's answers for gateways that pass them on. */
const server = http.createServer(async (req, res) => {
  let text = '';
  for await (const piece of req.setEncoding('utf8')) text += piece;
  const { model, messages } = JSON.parse(text);
  const envelope = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model };
  const chunk = (delta: object, finish_reason: string | null) =>
    `data: ${JSON.stringify({ ...envelope, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const content of `echo: ${messages.at(-1).content}`.match(/\s*\S+/g) ?? [])
    res.write(chunk({ content }, null));
  res.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
