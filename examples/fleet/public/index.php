<?php

// Each server runs the sidekicks that are asked for there first; all servers read all of them.

$names = ['clock', 'flags', 'prices', 'weather'];
$mine = $names[(int) $_SERVER['SERVER_PORT'] % count($names)];
$error = null;
$sidekicks = [];
try {
	frankenphp_sidekick_get_vars($mine, 20.0);
	$sidekicks = frankenphp_sidekick_get_vars($names, 20.0);
} catch (RuntimeException $exception) {
	$error = $exception->getMessage();
}
?>
<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="1">
<title>Fleet: <?= $_SERVER['SERVER'] ?></title>
<style>
	body { font: 16px/1.5 system-ui; margin: 3em auto; max-width: 40em }
	table { border-collapse: collapse; width: 100% }
	td, th { border-bottom: 1px solid #ccc; padding: .4em; text-align: left }
</style>
<h1><?= $_SERVER['SERVER'] ?></h1>
<p>
	<?php foreach (explode(',', $_SERVER['PEERS']) as $number => $port): ?>
		<a href="http://127.0.0.1:<?= $port ?>">igor-<?= $number + 1 ?></a>
	<?php endforeach ?>
</p>
<?php if ($error !== null): ?>
	<p><?= htmlspecialchars($error) ?></p>
<?php else: ?>
	<table>
		<tr><th>sidekick</th><th>runs on</th><th>has counted to</th></tr>
		<?php foreach ($sidekicks as $name => $vars): ?>
			<tr><td><?= $name ?></td><td><?= $vars['server'] ?></td><td><?= $vars['count'] ?></td></tr>
		<?php endforeach ?>
	</table>
<?php endif ?>
