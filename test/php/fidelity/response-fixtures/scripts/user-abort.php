<?php
echo ignore_user_abort();
