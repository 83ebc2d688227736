<?php /** @var array<string, string|float> $state as Weather makes it */ ?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Crash and recovery</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<script type="module" src="live.js"></script>
<script type="module" src="readings.js"></script>
</head>
<body>
<main>
	<h1>Crash and recovery</h1>
	<p class="quiet">A sidekick measures five times a second. When it crashes, the last reading stays.</p>
	<p id="problem" role="alert" hidden></p>

	<form method="post" action="?">
		<label for="kind">Crash by</label>
		<select name="kind" id="kind">
<?php foreach (Sabotage::KINDS as $kind => $label): ?>
			<option value="<?= $e($kind) ?>"><?= $e($label) ?></option>
<?php endforeach ?>
		</select>
		<button name="times" value="1">once</button>
		<button name="times" value="4">four times in a row</button>
	</form>

	<div class="cards">
		<section class="card">
			<h2>On the bridge</h2>
			<p class="big" data-text="celsius"><?= $e($state['celsius']) ?></p>
			<progress max="3" data-value="age" data-mood="mood" value="<?= $e($state['age']) ?>" aria-label="Age of the reading"></progress>
			<p>
				<span class="is" data-text="freshness" data-mood="mood" data-is="<?= $e($state['mood']) ?>"><?= $e($state['freshness']) ?></span>
				<span data-text="says"><?= $e($state['says']) ?></span>
			</p>
		</section>
		<section class="card">
			<h2>This page’s requests</h2>
			<p><span class="big" id="answered">0</span> answered, <span id="failed">0</span> failed</p>
			<p>Run of the sidekick: <code data-text="run"><?= $e($state['run']) ?></code></p>
			<ol class="log" id="runs" aria-label="Runs of the sidekick"></ol>
		</section>
	</div>
</main>
</body>
</html>
