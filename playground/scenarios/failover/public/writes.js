// Counts the writes of this page, and notes each change of the master.

const count = (id) => {
	const element = document.getElementById(id);
	element.textContent = Number(element.textContent) + 1;
};
let epoch;
let master;

document.addEventListener('answer', ({ detail: state }) => {
	count('taken');
	if (state.epoch !== epoch || state.master !== master || state.tries > 1) {
		const line = document.createElement('li');
		const tries = state.tries > 1 ? `, at try ${state.tries} after ${state.took}` : '';
		line.textContent = `epoch ${state.epoch}: ${state.master}${tries}`;
		document.getElementById('switches').prepend(line);
		document.querySelector('#switches li:nth-child(7)')?.remove();
	}
	({ epoch, master } = state);
});
document.addEventListener('failure', () => count('failed'));
