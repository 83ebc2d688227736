<?php
ob_start("ob_gzhandler");
echo "compressed by the script";
