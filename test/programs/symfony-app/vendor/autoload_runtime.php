<?php // What the Composer plugin of symfony/runtime writes.
if (true === (require_once __DIR__ . '/autoload.php') || empty($_SERVER['SCRIPT_FILENAME'])) {
	return;
}
$app = require $_SERVER['SCRIPT_FILENAME'];
$runtime = new App\Runtime(['project_dir' => dirname(__DIR__), 'disable_dotenv' => true]);
[$app, $arguments] = $runtime->getResolver($app)->resolve();
exit($runtime->getRunner($app(...$arguments))->run());
