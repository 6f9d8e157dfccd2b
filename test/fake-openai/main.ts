import { FakeOpenai } from './server.ts';

/** A fake OpenAI server to play with: `node test/fake-openai/main.ts [MODEL...]`, with the key FAKE_OPENAI_KEY where one is set. */
const key = process.env.FAKE_OPENAI_KEY;
const names = process.argv.slice(2);
const fake = await FakeOpenai.start({
  models: names.length > 0 ? names : ['echo'],
  ...(key !== undefined && { key }),
});
console.log(fake.url);
