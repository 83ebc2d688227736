<?php
echo 'first ';
flush();
wait_at($_GET['gate']);
echo 'second';
