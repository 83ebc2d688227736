// What Igor is measured against: node:http, and nothing else.
import { createServer } from 'node:http';

const server = createServer((_, response) => {
	response.setHeader('Content-Type', 'text/html; charset=UTF-8');
	response.end('Hello');
});
server.listen(0, '127.0.0.1', () => console.log(`Listening on http://127.0.0.1:${server.address().port}`));
