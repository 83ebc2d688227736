<?php
/** @var array<string, string|int> $state as Visits makes it */
$nodes = array_map(static fn (string $key): string => strstr($key, '.', true), preg_grep('/\.role$/', array_keys($state)));
?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Failover</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<script type="module" src="live.js"></script>
<script type="module" src="writes.js"></script>
</head>
<body>
<main>
	<h1>Failover</h1>
	<p class="quiet">Each request writes to the Redis master. Which node that is, a sidekick knows.</p>
	<p id="problem" role="alert" hidden></p>

	<form method="post" action="?" class="cards narrow">
<?php foreach ($nodes as $node): ?>
		<section class="card" data-mood="<?= $e($node) ?>.mood" data-is="<?= $e($state["$node.mood"]) ?>">
			<h2><?= $e($node) ?> <span class="is" data-text="<?= $e($node) ?>.role" data-mood="<?= $e($node) ?>.mood" data-is="<?= $e($state["$node.mood"]) ?>"><?= $e($state["$node.role"]) ?></span></h2>
			<p><code data-text="<?= $e($node) ?>.address"><?= $e($state["$node.address"]) ?></code></p>
			<button name="master" value="<?= $e($node) ?>">Promote</button>
		</section>
<?php endforeach ?>
	</form>

	<div class="cards">
		<section class="card">
			<h2>This write</h2>
			<dl>
				<div><dt>taken by</dt><dd data-text="master"><?= $e($state['master']) ?></dd></div>
				<div><dt>at</dt><dd><code data-text="address"><?= $e($state['address']) ?></code></dd></div>
				<div><dt>epoch</dt><dd data-text="epoch"><?= $e($state['epoch']) ?></dd></div>
				<div><dt>tries</dt><dd data-text="tries"><?= $e($state['tries']) ?></dd></div>
				<div><dt>took</dt><dd data-text="took"><?= $e($state['took']) ?></dd></div>
			</dl>
		</section>
		<section class="card">
			<h2>This page’s writes</h2>
			<p><span class="big" id="taken">0</span> taken, <span id="failed">0</span> failed</p>
			<ol class="log" id="switches" aria-label="Changes of the master"></ol>
		</section>
	</div>
</main>
</body>
</html>
