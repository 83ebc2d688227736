// Each import is one request, whose answer comes line by line.

const BOOKS = 20;
const list = document.querySelector('#imports');

async function* lines(response) {
	let rest = '';
	for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
		const parts = (rest + text).split('\n');
		rest = parts.pop();
		yield* parts;
	}
}

async function run() {
	const row = document.createElement('li');
	const text = document.createElement('span');
	const bar = document.createElement('progress');
	const cancel = document.createElement('button');
	const abort = new AbortController();
	bar.max = BOOKS;
	bar.value = 0;
	bar.setAttribute('aria-label', 'Books that are in');
	cancel.type = 'button';
	cancel.textContent = 'Cancel';
	cancel.addEventListener('click', () => abort.abort());
	text.textContent = 'waits for a thread';
	row.append(text, bar, cancel);
	list.prepend(row);
	try {
		const response = await fetch(`?books=${BOOKS}`, { cache: 'no-store', signal: abort.signal });
		if (!response.ok) throw new Error(`the server answered ${response.status}`);
		for await (const line of lines(response)) {
			const { done, of, title, thread } = JSON.parse(line);
			bar.value = done;
			text.textContent = `${done} of ${of} by thread ${thread}: ${title}`;
		}
		text.textContent = `${bar.value} books are in`;
	} catch (error) {
		text.textContent = abort.signal.aborted ? `cancelled after ${bar.value}` : `failed: ${error.message}`;
	}
	cancel.remove();
}

for (const button of document.querySelectorAll('[data-count]')) {
	button.addEventListener('click', () => {
		for (let i = 0; i < Number(button.dataset.count); i++) run();
	});
}
