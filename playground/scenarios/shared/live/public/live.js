// Twice a second this asks for the state of the page as JSON, and shows it where page.php has put the first one.
// Text only, never HTML.

const problem = document.querySelector('#problem');

function show(state) {
	for (const element of document.querySelectorAll('[data-text]')) {
		const text = String(state[element.dataset.text]);
		if (element.textContent !== text) element.textContent = text;
	}
	for (const element of document.querySelectorAll('[data-value]')) element.value = state[element.dataset.value];
	for (const element of document.querySelectorAll('[data-mood]')) element.dataset.is = state[element.dataset.mood];
	for (const element of document.querySelectorAll('[data-shown]')) element.hidden = !state[element.dataset.shown];
	document.documentElement.dataset.accent = state.accent ?? '';
}

async function ask(request) {
	try {
		const response = await fetch('?format=json', { cache: 'no-store', ...request });
		if (!response.ok) throw new Error(`the server answered ${response.status}`);
		const state = await response.json();
		show(state);
		problem.hidden = true;
		document.dispatchEvent(new CustomEvent('answer', { detail: state }));
	} catch (error) {
		problem.textContent = `No answer: ${error.message}`;
		problem.hidden = false;
		document.dispatchEvent(new CustomEvent('failure'));
	}
}

// A form is sent without leaving the page.
document.addEventListener('submit', (event) => {
	event.preventDefault();
	ask({ method: 'POST', body: new URLSearchParams(new FormData(event.target, event.submitter)) });
});

async function poll() {
	if (!document.hidden) await ask();
	setTimeout(poll, 500);
}

poll();
