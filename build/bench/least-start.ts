import http from 'node:http';
import Database from 'better-sqlite3';
import express from 'express';
import { parse } from 'yaml';
import * as z from 'zod';

/**
 * The least that a program on Toaster's packages does before it listens: it loads them, opens a database, checks a config of
 * one field, and has one route. It is bundled and compiled as Toaster is. Less than this is not to be had with them.
 */
const { port } = z.object({ port: z.int() }).parse(parse('port: 0'));
const data = new Database(':memory:');
data.exec('CREATE TABLE t (a)');
const app = express();
app.get('/health', (_req, res) => void res.json({ status: 'ok' }));
const server = http.createServer(app).listen(port, '127.0.0.1', () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
