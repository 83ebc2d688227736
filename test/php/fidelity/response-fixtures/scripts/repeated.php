<?php
echo str_repeat('The same again. ', 2000);
