<?php // In place of Composer's: Debian's packages bring autoloaders of their own.
foreach (['Bundle/FrameworkBundle', 'Bundle/TwigBundle', 'Component/Console', 'Component/Runtime'] as $package) {
	require_once "/usr/share/php/Symfony/$package/autoload.php";
}
spl_autoload_register(static function (string $class): void {
	if (str_starts_with($class, 'App\\')) {
		require dirname(__DIR__) . '/src/' . strtr(substr($class, 4), '\\', '/') . '.php';
	}
});
