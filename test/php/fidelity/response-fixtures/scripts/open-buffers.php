<?php
echo 'zero ';
ob_start();
echo 'one ';
ob_start();
echo 'two ';
ob_start();
echo 'three ', ob_get_level();
