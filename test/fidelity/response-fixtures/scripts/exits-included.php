<?php
echo 'included ';
exit;
