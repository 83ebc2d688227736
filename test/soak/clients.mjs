// Clients beside the load: slow ones, which get all they asked for, and ones that leave in the middle.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LARGE } from './app.mjs';

const LIMIT = 60_000;

/** All that the server sends until it closes; `act` gets the socket once it is open. */
async function talk(port, act) {
	const socket = connect(port, '127.0.0.1');
	const chunks = [];
	const ended = new Promise((resolve, reject) => {
		socket.on('data', (chunk) => chunks.push(chunk));
		socket.on('close', resolve);
		socket.on('error', reject);
		socket.setTimeout(LIMIT, () => socket.destroy(new Error(`The server was silent for ${LIMIT} ms.`)));
	});
	// Whoever leaves on purpose hears of no failure.
	ended.catch(() => {});
	await act(socket);
	await ended;
	return Buffer.concat(chunks);
}

/** Sends a request in pieces of a few bytes. Whether the answer is whole. */
export async function slowSender(port) {
	const body = 'x'.repeat(200);
	const request = `POST /upload.php HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nContent-Length: 200\r\n\r\n${body}`;
	const answer = await talk(port, async (socket) => {
		for (let at = 0; at < request.length; at += 20) {
			socket.write(request.slice(at, at + 20));
			await sleep(50);
		}
	});
	return (
		answer.toString('latin1').startsWith('HTTP/1.1 200') && /\r\n200$|\r\n3\r\n200\r\n0/.test(answer.toString('latin1'))
	);
}

/** Reads an answer of megabytes with pauses. Whether it is whole. */
export async function slowReader(port) {
	const answer = await talk(port, async (socket) => {
		socket.write(`GET /large.php HTTP/1.0\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
		for (let i = 0; i < 20; i++) {
			socket.pause();
			await sleep(100);
			socket.resume();
			await sleep(5);
		}
	});
	const head = answer.indexOf('\r\n\r\n');
	return answer.toString('latin1', 0, 12) === 'HTTP/1.1 200' && answer.length - head - 4 === LARGE;
}

/** Leaves while the request is sent, while it is answered, or at once. */
export async function leaver(port) {
	const requests = [
		`GET /large.php HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
		`POST /upload.php HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 1000000\r\n\r\nxxx`,
		`GET /worker.php HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
	];
	for (const request of requests) {
		await talk(port, async (socket) => {
			socket.write(request);
			await sleep(20);
			socket.destroy();
		}).catch(() => {});
	}
	return true;
}
