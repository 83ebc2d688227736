// Notes when a new run of a sidekick has taken over.

const runs = {};

document.addEventListener('answer', ({ detail: state }) => {
	for (const name of ['polite', 'stubborn']) {
		const run = state[`${name}.run`];
		if (runs[name] !== undefined && runs[name] !== run) {
			const line = document.createElement('li');
			line.textContent = `${runs[name]} has ended, ${run} took over`;
			document.getElementById(name).prepend(line);
			document.querySelector(`#${name} li:nth-child(5)`)?.remove();
		}
		runs[name] = run;
	}
});
