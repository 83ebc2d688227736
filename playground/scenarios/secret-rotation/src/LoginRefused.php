<?php

declare(strict_types=1);

final class LoginRefused extends RuntimeException
{
}
