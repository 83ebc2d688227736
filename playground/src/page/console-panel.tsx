import { useState } from 'preact/hooks';
import { SendIcon, StopIcon } from '../icons/icons.tsx';
import { AnswerView, ExchangeList } from './answer-view.tsx';
import { draft, load, loadPerSecond, runningLoad, send } from './console-state.ts';
import { phase, rate } from './runtime.ts';
import { WholeButton } from './whole-button.tsx';
import { scenario } from './workspace.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];
const TIMES = [1, 2, 4, 8, 16];

/** Sends requests to the app, one or a steady load, and shows the answers. */
export function ConsolePanel() {
	const [times, setTimes] = useState(1);
	const isRunning = phase.value === 'running';
	const { method, path, body } = draft.value;
	const hasBody = method !== 'GET' && method !== 'HEAD';
	return (
		<section class="panel" data-panel="requests" aria-label="Requests">
			<div class="panel-head">
				<h2>Requests</h2>
				<span class="figures rate" title="Answers per second, of all requests">
					{Math.round(rate.value)}/s
				</span>
				<span class="spring" />
				<Load disabled={!isRunning} />
				<WholeButton panel="requests" of="the requests" />
			</div>
			<div class="panel-body console">
				<form
					class="request-form"
					onSubmit={(event) => {
						event.preventDefault();
						send(draft.value, times);
					}}
				>
					<div class="field-row">
						<select
							aria-label="Method"
							value={method}
							onChange={(event) => {
								draft.value = { ...draft.value, method: event.currentTarget.value };
							}}
						>
							{METHODS.map((name) => (
								<option key={name}>{name}</option>
							))}
						</select>
						<input
							type="text"
							class="path"
							aria-label="Path"
							value={path}
							spellcheck={false}
							autocomplete="off"
							onInput={(event) => {
								draft.value = { ...draft.value, path: event.currentTarget.value };
							}}
						/>
						<select
							aria-label="How many at once"
							title="How many at once"
							value={times}
							onChange={(event) => setTimes(Number(event.currentTarget.value))}
						>
							{TIMES.map((number) => (
								<option key={number} value={number}>
									× {number}
								</option>
							))}
						</select>
						<button type="submit" class="primary" disabled={!isRunning}>
							<SendIcon /> Send
						</button>
					</div>
					{hasBody && (
						<textarea
							aria-label="Body"
							placeholder="Body: name=value&…, or JSON"
							rows={1}
							value={body}
							spellcheck={false}
							onInput={(event) => {
								draft.value = { ...draft.value, body: event.currentTarget.value };
							}}
						/>
					)}
				</form>
				<Suggestions disabled={!isRunning} />
				<div class="results">
					<ExchangeList />
					<AnswerView />
				</div>
			</div>
		</section>
	);
}

/** Requests that the scenario suggests: a click sends one. */
function Suggestions({ disabled }: { disabled: boolean }) {
	const { requests } = scenario.value;
	if (requests.length === 0) return null;
	return (
		<ul class="suggestions" aria-label="Suggested requests">
			{requests.map(({ label, method, path, body }) => (
				<li key={label}>
					<button
						type="button"
						class="chip"
						disabled={disabled}
						title={`${method} ${path}`}
						onClick={() => {
							draft.value = { method, path, body };
							send({ method, path, body }, 1);
						}}
					>
						{label}
					</button>
				</li>
			))}
		</ul>
	);
}

function Load({ disabled }: { disabled: boolean }) {
	const running = runningLoad.value;
	const perSecond = loadPerSecond.value;
	return (
		<>
			<label class="load" title="Sends this request again and again">
				Load
				<input
					type="number"
					min={1}
					max={2000}
					value={perSecond}
					onInput={(event) => {
						const number = Math.min(2000, Math.max(1, Math.round(event.currentTarget.valueAsNumber || 1)));
						loadPerSecond.value = number;
						if (running !== undefined) load(running.request, number);
					}}
				/>
				/s
			</label>
			{running === undefined ? (
				<button type="button" disabled={disabled} onClick={() => load(draft.value, perSecond)}>
					Start
				</button>
			) : (
				<button
					type="button"
					data-asks
					title={`Runs: ${running.request.method} ${running.request.path}`}
					onClick={() => load(running.request, 0)}
				>
					<StopIcon /> Stop
				</button>
			)}
		</>
	);
}
