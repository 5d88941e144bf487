# Chromium, headless, without anybody's settings: what it makes of a page.
package Chromium;

use strict;
use warnings;

my $patience = 120; # seconds

# The path of Chromium, or nothing where it is not installed.
sub path {
    for my $directory (split /:/, $ENV{PATH}) {
        -x "$directory/$_" and return "$directory/$_" for qw(chromium chromium-browser);
    }
    return;
}

# The document that a file has become once it is loaded. home: a directory for the browser's own
# files; more: further options. Dies where the browser gives no answer.
sub dump_dom {
    my ($home, $file, @more) = @_;
    my $chromium = path() or die "Chromium is not installed\n";
    my @command = ('timeout', $patience, $chromium,
        qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
            --disable-background-networking --disable-component-update --disable-sync
            --disable-dev-shm-usage --dump-dom), @more, "--user-data-dir=$home/profile", "file://$file");
    my $pid = open(my $out, '-|') // die "fork: $!\n";
    if (!$pid) {
        open STDERR, '>', "$home/stderr";
        exec {$command[0]} @command or exit 127;
    }
    local $/;
    my $text = <$out> // '';
    close $out;
    die "no answer of $chromium\n" if $text eq '';
    return $text;
}

1;
