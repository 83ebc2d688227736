<?php
ob_start(static fn (string $text, int $phase): string => "[$phase:" . strtoupper($text) . ']');
echo 'one';
ob_flush();
echo 'two';
ob_clean();
echo 'three';
ob_start(static fn (string $text): string => strrev($text));
echo 'inner';
