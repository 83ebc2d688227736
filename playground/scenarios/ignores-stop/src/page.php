<?php /** @var array<string, string> $state as Panel makes it */ ?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ignores its stop flag</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<script type="module" src="live.js"></script>
<script type="module" src="runs.js"></script>
</head>
<body>
<main>
	<h1>Ignores its stop flag</h1>
	<p class="quiet">Two sidekicks count tenths of seconds. One looks at its stop flag.</p>
	<p id="problem" role="alert" hidden></p>

	<div class="cards">
<?php foreach (['polite' => 'while (!should_stop())', 'stubborn' => 'while (true)'] as $name => $loop): ?>
		<section class="card">
			<h2><?= $name ?></h2>
			<p><code><?= $e($loop) ?></code></p>
			<p class="big" data-text="<?= $name ?>.count"><?= $e($state["$name.count"]) ?></p>
			<p>
				run <code data-text="<?= $name ?>.run"><?= $e($state["$name.run"]) ?></code>
				<span class="is" data-text="<?= $name ?>.says" data-mood="<?= $name ?>.mood" data-is="<?= $e($state["$name.mood"]) ?>"><?= $e($state["$name.says"]) ?></span>
			</p>
			<ol class="log" id="<?= $name ?>" aria-label="Runs of <?= $name ?>"></ol>
		</section>
<?php endforeach ?>
	</div>

	<p class="quiet">In the playground, restart or stop them beside their snapshots. On a command line, end the server with Ctrl+C: it waits for “stubborn”, but not for ever.</p>
</main>
</body>
</html>
