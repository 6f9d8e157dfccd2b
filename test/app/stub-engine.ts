import { parentChannel } from '../../proxy/runtimes/llamacpp/parent-channel.ts';

/** An engine that says it is loaded, over the real channel, and then stays. */
const { tell, listen } = parentChannel();
listen(
  () => tell({ type: 'loaded' }),
  () => process.exit(0),
);
setInterval(() => undefined, 1000);
