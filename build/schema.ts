import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../proxy/config/json-schema.ts';

/** `npm run schema`: writes the JSON Schema that editors complete the config with. */
const file = new URL('../proxy/config/config.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
console.log('wrote proxy/config/config.schema.json');
