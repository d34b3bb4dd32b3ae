// SPDX-License-Identifier: GPL-3.0-or-later
// PGlite with pgvector behind a socket, in memory: node server.mjs PORT. Says "ready" once it listens.
// NODE_PATH does not reach ES modules, so the packages are looked for from the folder it is started in.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.cwd() + '/');
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { PGlite } = await load('@electric-sql/pglite');
const { vector } = await load('@electric-sql/pglite-pgvector');
const { PGLiteSocketServer } = await load('@electric-sql/pglite-socket');

const port = Number(process.argv[2]);
const db = await PGlite.create({ extensions: { vector } });
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port, maxConnections: 20 });
await server.start();
console.log('ready');
for (const signal of ['SIGTERM', 'SIGINT'])
    process.on(signal, async () => {
        await server.stop();
        await db.close();
        process.exit(0);
    });
