<?php
ob_start();
register_shutdown_function(static function (): void {
	echo ' one';
	register_shutdown_function(static function (string $text): void {
		echo " $text";
	}, 'three');
});
register_shutdown_function(static function (): void {
	echo ' two';
	header('X-Shutdown: yes');
});
echo 'script';
isset($_GET['exit']) && exit(' exit');
