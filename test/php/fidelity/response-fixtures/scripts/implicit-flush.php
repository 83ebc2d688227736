<?php
ob_implicit_flush();
echo 'first ';
wait_at($_GET['gate']);
echo 'second';
ob_implicit_flush(false);
