<?php
echo 'before ';
ob_start(static function (string $text): string {
	exit;
});
echo 'buffered';
ob_end_flush();
echo 'after';
