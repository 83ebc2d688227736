// Each button sends one request, and shows how long it waited for the sidekicks.

for (const card of document.querySelectorAll('[data-start]')) {
	const output = card.querySelector('output');
	const bar = card.querySelector('progress');
	const button = card.querySelector('button');
	let calls = 0;

	button.addEventListener('click', async () => {
		button.disabled = true;
		const start = performance.now();
		const show = (seconds) => {
			bar.value = seconds;
			output.textContent = seconds < 0.1 ? `${(seconds * 1000).toFixed(2)} ms` : `${seconds.toFixed(1)} s`;
		};
		const timer = setInterval(() => show((performance.now() - start) / 1000), 100);
		let result;
		try {
			const response = await fetch(`?format=json&start=${card.dataset.start}`, { cache: 'no-store' });
			if (!response.ok) throw new Error(`the server answered ${response.status}`);
			const state = await response.json();
			show(state.waited_ms / 1000);
			result = `${output.textContent} for ${state.price}, ${state.stock}, ${state.rating}`;
		} catch (error) {
			result = `failed: ${error.message}`;
		}
		clearInterval(timer);
		const line = document.createElement('li');
		line.textContent = `call ${++calls}: ${result}`;
		card.querySelector('ol').prepend(line);
		card.querySelector('li:nth-child(6)')?.remove();
		button.textContent = 'Ask again';
		button.disabled = false;
	});
}
