<?php
register_shutdown_function(static function (): void {
	echo ' first';
	exit;
});
register_shutdown_function(static function (): void {
	echo ' never';
});
echo 'script';
