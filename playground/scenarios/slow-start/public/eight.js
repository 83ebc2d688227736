// Sends eight requests at once, and shows each as it waits and when it is answered.

const button = document.querySelector('#send');
const list = document.querySelector('#requests');
const result = document.querySelector('#result');

const time = (ms) => (ms < 100 ? `${ms.toFixed(2)} ms` : `${(ms / 1000).toFixed(2)} s`);

async function request(number) {
	const line = document.createElement('li');
	const text = document.createElement('span');
	const bar = document.createElement('progress');
	bar.setAttribute('aria-label', `Request ${number}`);
	line.append(text, bar);
	list.append(line);
	const start = performance.now();
	const show = (state) => {
		const seconds = (performance.now() - start) / 1000;
		bar.value = seconds / 4;
		text.textContent = `${number}: ${state ?? `waits, ${seconds.toFixed(1)} s`}`;
	};
	show();
	const timer = setInterval(show, 100);
	try {
		const response = await fetch('?format=json', { cache: 'no-store' });
		if (!response.ok) throw new Error(`the server answered ${response.status}`);
		const state = await response.json();
		show(`${time(performance.now() - start)}, ${time(state.waited_ms)} of it in get_vars(); thread ${state.thread}`);
		return state.run;
	} catch (error) {
		show(`failed: ${error.message}`);
		return 'none';
	} finally {
		clearInterval(timer);
	}
}

button.addEventListener('click', async () => {
	button.disabled = true;
	list.replaceChildren();
	result.textContent = 'Eight requests are under way …';
	const runs = new Set(await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(request)));
	result.textContent =
		runs.size === 1
			? `All eight were answered by run ${[...runs][0]}: the sidekick was started once.`
			: `Answered by the runs ${[...runs].join(', ')}.`;
	button.textContent = 'Send eight more';
	button.disabled = false;
});
