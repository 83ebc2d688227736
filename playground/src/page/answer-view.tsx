import { chosenExchange, type Exchange, exchanges, shownExchange } from './console-state.ts';
import { duration } from './figures.ts';
import { useNow } from './use-now.ts';

/** The last requests, newest first. */
export function ExchangeList() {
	if (exchanges.value.length < 2) return null;
	return (
		<ul class="exchanges" aria-label="Sent requests">
			{exchanges.value.map((exchange) => (
				<li key={exchange.id}>
					<button
						type="button"
						aria-current={exchange === shownExchange.value}
						onClick={() => {
							chosenExchange.value = exchange.id;
						}}
					>
						<StatusBadge exchange={exchange} />
						<code>
							{exchange.request.method} {exchange.request.path}
						</code>
						<Time exchange={exchange} />
					</button>
				</li>
			))}
		</ul>
	);
}

/** The chosen answer: status, time, headers, body. */
export function AnswerView() {
	const exchange = shownExchange.value;
	if (exchange === undefined) return <p class="empty">Send a request, and its answer appears here.</p>;
	const { answer, failure, request } = exchange;
	return (
		<article class="answer" aria-label="Answer" aria-live="polite">
			<p class="answer-head">
				<StatusBadge exchange={exchange} />
				<code>
					{request.method} {request.path}
				</code>
				<Time exchange={exchange} />
			</p>
			{failure !== undefined && <p>{failure}</p>}
			{answer !== undefined && (
				<>
					<details>
						<summary>{answer.headers.length} headers</summary>
						<dl class="headers">
							{answer.headers.map(([name, value], index) => (
								<div key={`${name} ${index}`}>
									<dt>{name}</dt>
									<dd>{value}</dd>
								</div>
							))}
						</dl>
					</details>
					{/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to get there */}
					<pre class="body" tabIndex={0}>
						{answer.body === '' ? '(no body)' : pretty(answer.body)}
					</pre>
				</>
			)}
		</article>
	);
}

function StatusBadge({ exchange: { answer, failure } }: { exchange: Exchange }) {
	if (failure !== undefined)
		return (
			<span class="status" data-class="5">
				failed
			</span>
		);
	if (answer === undefined)
		return (
			<span class="status" data-class="0">
				…
			</span>
		);
	return (
		<span class="status" data-class={Math.floor(answer.status / 100)}>
			{answer.status}
		</span>
	);
}

function Time({ exchange: { answer, failure, sentAt } }: { exchange: Exchange }) {
	if (answer !== undefined) return <span class="figures">{duration(answer.milliseconds)}</span>;
	return failure === undefined ? <Ticking since={sentAt} /> : null;
}

function Ticking({ since }: { since: number }) {
	const now = useNow(100);
	return <span class="figures">{duration(now - since)}</span>;
}

/** JSON with line breaks; anything else as it is. */
function pretty(body: string): string {
	if (!/^\s*[{[]/.test(body)) return body;
	try {
		return JSON.stringify(JSON.parse(body), null, 2);
	} catch {
		return body;
	}
}
