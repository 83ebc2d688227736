// Asks for the state every second and puts it where page.php put the first one. Text only, never HTML.

const TRAIL_LENGTH = 40;

const $ = (selector, from = document) => from.querySelector(selector);

function show(state) {
	for (const element of document.querySelectorAll('[data-show]')) element.textContent = state[element.dataset.show];
	$('#error').textContent = state.error ?? '';
	$('#error').hidden = state.error === null;
	for (const [name, sidekick] of Object.entries(state.sidekicks)) {
		const card = $(`[data-sidekick="${name}"]`);
		if (card === null) return location.reload(); // The page was made while the sidekicks could not start.
		$('[data-age]', card).textContent = sidekick.age;
		$('dl', card).replaceChildren(...Object.entries(sidekick.vars).map(row));
	}
	const flags = state.sidekicks['feature-flags']?.vars ?? {};
	$('#headline').textContent = flags['flag.headline'] ?? 'Igor';
	document.documentElement.dataset.accent = flags['flag.accent'] ?? '';
	document.documentElement.dataset.trail = flags['flag.thread-trail'] ?? 'off';
	trail(state.thread);
}

function row([key, value]) {
	const div = document.createElement('div');
	div.append(document.createElement('dt'), document.createElement('dd'));
	div.firstChild.textContent = key;
	div.lastChild.textContent = value;
	return div;
}

/** One dot per answer, one colour per thread. */
function trail(thread) {
	const dot = document.createElement('li');
	dot.title = thread;
	dot.style.setProperty('--hue', Number.parseInt(thread, 16) % 360);
	$('#trail').append(dot);
	if ($('#trail').childElementCount > TRAIL_LENGTH) $('#trail').firstChild.remove();
}

/** A request whose answer comes line by line, as the background worker gets on. */
async function newsletter() {
	const line = document.createElement('li');
	const bar = document.createElement('progress');
	const text = document.createElement('span');
	bar.max = 12;
	bar.value = 0;
	bar.setAttribute('aria-label', 'Readers who have it');
	text.textContent = 'waits for a thread';
	line.append(bar, text);
	$('#sent').prepend(line);
	try {
		const response = await fetch('newsletter.php');
		let rest = '';
		for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
			const lines = (rest + piece).split('\n');
			rest = lines.pop();
			for (const { done, step, error } of lines.map((one) => JSON.parse(one))) {
				if (error !== undefined) throw new Error(error);
				bar.value = done;
				text.textContent = step;
			}
		}
		if (!response.ok) throw new Error(`the server answered ${response.status}`);
		text.textContent = `sent to ${bar.value} readers`;
	} catch (error) {
		text.textContent = `failed: ${error.message}`;
	}
}

$('#send').addEventListener('click', newsletter);

async function refresh() {
	if (!document.hidden) {
		try {
			const response = await fetch('?json');
			if (!response.ok) throw new Error(`The server answered ${response.status}`);
			show(await response.json());
		} catch (error) {
			$('#error').textContent = `No answer: ${error.message}`;
			$('#error').hidden = false;
		}
	}
	setTimeout(refresh, 1000);
}

refresh();
