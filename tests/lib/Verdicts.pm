# Rules that give a message the verdict that its subject asks for, and messages that ask. The
# plumbing's tests stand on these, so that a change of the shipped weights moves none of them.
package Verdicts;

use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(verdict_rules verdict_settings letter);

my $serial = 0;

sub verdict_rules {
    my ($box) = @_;
    Sandbox::spew("$box->{dir}/rules.d/verdicts.conf", <<'END');
[group test]
cap = 100

[TEST_TAG]
when = subject.text matches /\bplease tag\b/
score = 4
group = test
scale = safety
guide = G15
reference = RFC 5322 3.6.5
advice = Ask for something else.
evidence = subject.text

[TEST_HOLD]
when = subject.text matches /\bplease hold\b/
score = 7
group = test
scale = safety
guide = G15
reference = RFC 5322 3.6.5
advice = Do not ask to be held.
evidence = subject.text

[TEST_REJECT]
when = subject.text matches /\bplease reject\b/
score = 50
group = test
scale = safety
guide = G15
reference = RFC 5322 3.6.5
advice = Do not ask to be rejected.
evidence = subject.text
END
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
