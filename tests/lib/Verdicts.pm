# Messages that ask for a verdict by their subject, and the rules that give it
# (tests/data/verdicts.conf).
package Verdicts;

use strict;
use warnings;
use Exporter 'import';
use File::Copy qw(copy);
our @EXPORT = qw(verdict_rules verdict_settings letter);

my $serial = 0;

sub verdict_rules {
    my ($box) = @_;
    copy("$Sandbox::source/tests/data/verdicts.conf", "$box->{dir}/rules.d") or die "verdicts.conf: $!\n";
}

sub verdict_settings { return "[verdict]\nreject = 20\n" }

# A clean letter with that subject. Options: id (Message-ID), header (more lines), body.
sub letter {
    my ($subject, %option) = @_;
    my $id = $option{id} // sprintf 'letter-%d-%d@sandbox.example', $$, ++$serial;
    my @time = gmtime;
    my $date = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', @time);
    my $body = $option{body}
        // "Dear Ms Weaver,\n\nthank you for your call. The report that you asked for will be ready\n"
        . "by Thursday, and I will bring two copies to the meeting.\n\nKind regards\nPaul Miller\n";
    my $more = $option{header} // '';
    return "From: Paul Miller <paul\@sandbox.example>\nTo: Ann Weaver <ann\@outside.example>\n"
        . "Subject: $subject\nDate: $date\nMessage-ID: <$id>\nMIME-Version: 1.0\n"
        . "Content-Type: text/plain; charset=us-ascii\n$more\n$body";
}

1;
