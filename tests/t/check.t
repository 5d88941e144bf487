#!/usr/bin/perl
# outvet check: what is read, what is printed, what the exit status says.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Outvet;
use Test::More;

my $here = Outvet->new;
my $date = '2026-11-23T20:05:00Z';
sub check { return $here->run('check', '--date', $date, @_) }
sub message { return Outvet::message(@_) }

subtest 'the exit status is the gravest verdict' => sub {
    my %file = map { $_ => $here->put("$_.eml", message($_ eq 'accept' ? 'Thursday' : "please $_")) }
        qw(accept tag hold reject);
    is((check($file{accept}))[0], 0, 'accept');
    is((check($file{tag}))[0], 1, 'tag');
    is((check($file{hold}))[0], 2, 'hold');
    is((check($file{reject}))[0], 3, 'reject');
    is((check(@file{qw(accept hold tag)}))[0], 2, 'the highest of several');
    my ($status, $out, $err) = check($file{hold}, "$here->{dir}/none.eml", $file{tag});
    is($status, 66, 'a path that can not be read outweighs verdicts');
    like($err, qr/^outvet: .*none\.eml: No such file or directory$/, 'and is told');
    like($out, qr/hold\.eml.*tag\.eml/s, 'the others are judged all the same');
};

subtest 'text for people' => sub {
    my $file = $here->put('people.eml', message('please tag this'));
    my ($status, $out, $err) = check($file);
    is($err, '', 'nothing on standard error');
    like($out, qr/^\Q$file\E\nFrom: +Paul Miller <paul\@example\.org>\nSubject: please tag this\n/, 'which message');
    like($out, qr/^Tagged: it would be sent, /m, 'verdict in words');
    like($out, qr/^Score 4\.00 +#+\|#+\.+\|\.+\|\.+\n {15}0 +tag 3 +hold 6 +reject 12$/m, 'score bar with thresholds');
    like($out, qr/^What to change, the heaviest first\n 1\. Ask for something else\. +\+4\.00$/m, 'advice and score');
    like($out, qr/^    Found: "please tag this"$/m, 'evidence');
    like($out, qr/^    Why: guide G9, no capitals for emphasis; RFC 5322 3\.6\.5; rule TEST_TAG$/m, 'guide, reference, rule');
    unlike($out, qr/\e/, 'no colours off a terminal');
};

subtest 'a page tells how much of it must be changed, and what is fine' => sub {
    my ($status, $out) = check($here->put('two.eml', message('please hold and please tag')));
    like($out, qr/^Held: .*\.\nAll of them need changing\.$/m, 'all of it');
    like($out, qr/^ 1\. Do not ask to be held\..*^ 2\. Ask for something else\./ms, 'numbered, heaviest first');
    my $fine = Outvet->new(rules => <<'END');
[group subject]
title = Subject
[SUBJ_A]
when = subject.text matches /a/
score = 5
group = subject
advice = Leave the letter out.
[SUBJ_B]
when = subject.text matches /b/
score = 2
group = subject
fine = no second letter
END
    ($status, $out) = $fine->run('check', $fine->put('a.eml', message('cat')));
    like($out, qr/^What is fine\n  \+ Subject: no second letter$/m, 'what is fine');
    ($status, $out) = $fine->run('check', $fine->put('b.eml', message('bat')));
    like($out, qr/^Changing number 1 would be enough\.$/m, 'one is enough');
    unlike($out, qr/What is fine/, 'nothing else is');
};

subtest 'a page fits a terminal of 80 columns, whatever is in it' => sub {
    my $wide = "\xE6\xBC\xA2\xE5\xAD\x97" x 200;
    for my $subject ("please tag $wide", 'please tag ' . 'word ' x 180) {
        my ($status, $out) = check($here->put('wide.eml', message($subject)));
        utf8::decode($out);
        my @long = grep { my $line = $_; length($line) + (() = $line =~ /\p{East_Asian_Width=W}/g) > 80 } split /\n/, $out;
        is_deeply([grep { !/\.eml$/ } @long], [], 'no longer line');
    }
};

subtest 'of many messages each has a few lines' => sub {
    my @files = map { $here->put("many-$_.eml", message("please $_")) } qw(tag accept);
    my ($status, $out) = check(@files);
    like($out, qr/^\Q$files[0]\E: tag  score 4\.00 \(tag 3, hold 6, reject 12\)  class personal$/m, 'verdict and thresholds');
    like($out, qr/^  Subject: please tag$/m, 'subject');
    like($out, qr/^\s+\+4\.00  TEST_TAG  G9, RFC 5322 3\.6\.5  "please tag"$/m, 'score, rule, guide, reference, evidence');
    like($out, qr/^\s+Ask for something else\.$/m, 'advice');
    cmp_ok(scalar(split /\n/, $out), '<', 12, 'short');
};

subtest 'JSON for programs: one object a line' => sub {
    my $one = $here->put('one.eml', message('please tag this'));
    my $two = $here->put('two.eml', message('please hold and please tag'));
    my ($status, $out) = check('--json', $one, $two);
    my @lines = map { decode_json($_) } split /\n/, $out;
    is(@lines, 2, 'two lines');
    is_deeply([sort keys %{ $lines[0] }], [sort qw(file message_id from subject class verdict score hits)], 'the members of the contract');
    is($lines[0]{file}, $one, 'file');
    is($lines[0]{message_id}, '<1@example.org>', 'message_id');
    like($lines[0]{from}, qr/paul\@example\.org/, 'from');
    is($lines[0]{subject}, 'please tag this', 'subject');
    is($lines[0]{class}, 'personal', 'class');
    is($lines[0]{verdict}, 'tag', 'verdict');
    cmp_ok($lines[0]{score}, '==', 4, 'score');
    is_deeply($lines[0]{hits}, [{ rule => 'TEST_TAG', score => 4, guide => 'G9', reference => 'RFC 5322 3.6.5',
        advice => 'Ask for something else.', evidence => 'please tag this' }], 'hits');
    is_deeply([map { $_->{rule} } @{ $lines[1]{hits} }], [qw(TEST_HOLD TEST_TAG)], 'heaviest first');
    is($lines[1]{verdict}, 'hold', 'sum of scores');

    (undef, $out) = check('--json', '--facts', $one);
    my $facts = decode_json($out)->{facts};
    is($facts->{'subject.text'}, 'please tag this', 'facts: text');
    cmp_ok($facts->{'message.recipients'}, '==', 1, 'facts: number');
    ok(!$facts->{'message.truncated'}, 'facts: truth');
};

subtest 'evidence that is a number has its unit' => sub {
    my $counting = Outvet->new(rules => <<'END');
[group test]
[TEST_RECIPIENTS]
when = message.recipients >= 1
score = 1
group = test
evidence = message.recipients
[TEST_CAPITALS]
when = subject.capitals > 0
score = 1
group = test
evidence = subject.capitals
END
    my $evidence = sub { map { $_->{rule} => $_->{evidence} } @{ decode_json(($counting->run('check', '--json', @_))[1])->{hits} } };
    my $file = $counting->put('a.eml', message('WINTER coat'));
    is_deeply({ $evidence->($file) }, { TEST_RECIPIENTS => '1 address', TEST_CAPITALS => '60 %' }, 'one');
    is({ $evidence->('--recipient', 'a@example.net', '--recipient', 'b@example.net', $file) }->{TEST_RECIPIENTS}, '2 addresses', 'several');
};

subtest 'a rule in shadow is shown and has no effect' => sub {
    my ($status, $out) = check('--json', $here->put('shadow.eml', message('shadow')));
    is($status, 0, 'accepted');
    ok(decode_json($out)->{hits}[0]{shadow}, 'and says so');
};

subtest 'shadow mode is told, the verdict is what it would be' => sub {
    my $shadow = Outvet->new(settings => "[verdict]\nshadow = yes\n");
    my $file = $shadow->put('a.eml', message('please hold'));
    my ($status, $out) = $shadow->run('check', $file);
    is($status, 2, 'hold');
    like($out, qr/Shadow mode is on/, 'told');
};

subtest 'standard input, CRLF, mbox' => sub {
    my ($status, $out) = check('--json', '-', { input => message('please tag', undef, crlf => 1) });
    is($status, 1, 'a message with CRLF on standard input');
    is(decode_json($out)->{file}, '-', 'named -');
    ($status, $out, my $err) = check('-');
    is($status, 66, 'nothing on standard input') or diag $out;

    my $mbox = join '', map {"From paul\@example.org Mon Nov 23 20:02:53 2026\n" . message($_) . "\n"} 'please tag', 'Thursday';
    my $path = $here->put('box', $mbox);
    ($status, $out) = check('--json', $path);
    my @lines = map { decode_json($_) } split /\n/, $out;
    is_deeply([map {"$_->{number} $_->{subject} $_->{verdict}"} @lines], ['1 please tag tag', '2 Thursday accept'], 'an mbox');
    like((check($path))[1], qr/^\Q$path\E \(message 2\): accept/m, 'numbered for people');
    is((check('-', { input => $mbox }))[0], 1, 'an mbox on standard input');
};

subtest 'a directory is judged in order of name, whatever the threads do' => sub {
    my @names = map { sprintf 'many/%s/%03d.eml', $_ % 2 ? 'b' : 'a', $_ } 1 .. 300;
    $here->put($_, message("number $_", undef, body => 'x ' x (rand() < 0.1 ? 50000 : 10))) for @names;
    my ($status, $out) = check('--json', "$here->{dir}/many");
    is($status, 0, 'accepted');
    is_deeply([map { decode_json($_)->{file} } split /\n/, $out], [map {"$here->{dir}/$_"} sort @names], 'in order');
    like((check("$here->{dir}/many"))[1], qr/^300 messages: 300 accept$/m, 'and counted for people');
    mkdir "$here->{dir}/empty";
    is((check("$here->{dir}/empty"))[0], 66, 'a directory without messages');
};

subtest 'neither the order of directory entries nor what else is judged changes an answer' => sub {
    my %text = map {
        my $words = $_ % 3 ? "Dear customer,\nbuy now! " : "x\n> y ";
        ("$_.eml" => message("number $_", undef, body => $words x $_));
    } 1 .. 40;
    my @names = sort keys %text;
    $here->put("one/$_", $text{$_}) for @names;
    $here->put("other/$_", $text{$_}) for reverse @names;
    my $answers = sub {
        my ($status, $out) = check('--json', '--facts', @_);
        return [map { s{"file":\s*"[^"]*/}{"file":"}r } split /\n/, $out];
    };
    my $one = $answers->("$here->{dir}/one");
    is(@$one, 40, 'all are answered');
    is_deeply($answers->("$here->{dir}/other"), $one, 'entries in another order');
    is_deeply($answers->(map { "$here->{dir}/other/$_" } @names), $one, 'named one by one');
    is_deeply([map { @{ $answers->("$here->{dir}/one/$_") } } @names[0 .. 4]], [@$one[0 .. 4]], 'alone');
};

subtest 'the envelope: given, or taken from the message' => sub {
    my $file = $here->put('envelope.eml', "Return-Path: <bounce\@example.org>\n"
        . message('x', "Cc: b\@example.net, ANN: ann\@example.net, c\@example.com;\n"));
    my $recipients = sub { decode_json((check('--json', '--facts', @_, $file))[1])->{facts}{'message.recipients'} };
    cmp_ok($recipients->(), '==', 3, 'recipients of To and Cc, once each');
    cmp_ok($recipients->('--recipient', 'x@example.net', '--recipient=<y@example.net>'), '==', 2, 'recipients given');

    my $domains = Outvet->new(settings => "[domain example.org]\ntag = 0\n[account shop]\ntag = 0\n[exempt]\nclients = 192.0.2.0/24\n");
    my $plain = $domains->put('a.eml', message('x', '', from => 1) =~ s/paul\@example\.org/paul\@example.com/r);
    is(($domains->run('check', $plain))[0], 0, 'another domain: accepted');
    is(($domains->run('check', '--sender', 'paul@example.org', $plain))[0], 1, '--sender decides the domain');
    is(($domains->run('check', '--login', 'shop', $plain))[0], 1, '--login decides the account');
    my $hold = $domains->put('hold.eml', message('please hold'));
    my ($status, $out) = $domains->run('check', '--client', '192.0.2.7', $hold);
    is($status, 0, '--client may be exempt');
    like($out, qr/Exempt: .*192\.0\.2/, 'and that is told');
};

subtest 'the time of judgement' => sub {
    my $dated = Outvet->new(rules => <<'END');
[group test]
cap = 100
[TEST_OLD]
when = header.date.skew < -86400 or header.date.skew > 86400
score = 4
group = test
scale = safety
END
    my $file = $dated->put('a.eml', message('x'));
    my ($status, undef, $err) = $dated->run('check', '--date', '2026-11-23T20:10:00Z', $file);
    is($status, 0, 'given') or diag $err;
    is(($dated->run('check', '--date', '2027-11-23T20:10:00+01:00', $file))[0], 1, 'given, a year later');
    is(($dated->run('check', '--date', 'message', $file))[0], 0, 'each message\'s own Date');
    is(($dated->run('check', '--date', 'yesterday', $file))[0], 64, 'anything else is refused');
};

subtest 'nothing in a message reaches the terminal raw' => sub {
    my $file = $here->put("odd\e[31m.eml", message("please tag \e[2J\x07 \xC2\x9B31m", "X-Odd: \e]0;title\x07\n"));
    my ($status, $out, $err) = check($file);
    is($status, 1, 'judged');
    unlike($out, qr/[\x00-\x09\x0B-\x1F\x7F]|\xC2[\x80-\x9F]/, 'no control characters in the answer');
    ($status, $out, $err) = check("none\e[2J");
    unlike($err, qr/\e/, 'nor in complaints');
};

subtest 'large messages are judged on their first part' => sub {
    my $small = Outvet->new(settings => "[milter]\nscan_limit = 64K\n");
    my $file = $small->put('large.eml', message('please tag', undef, body => "line\n" x 40000));
    my ($status, $out) = $small->run('check', '--json', '--facts', $file);
    my $answer = decode_json($out);
    ok($answer->{truncated}, 'told');
    cmp_ok($answer->{facts}{'message.size'}, '==', -s $file, 'with its whole size');
    is($answer->{verdict}, 'tag', 'judged');
    like(($small->run('check', $file))[1], qr/Judged on the first 65536 of \d+ octets/, 'told to people');
};

subtest 'odd messages are judged, too' => sub {
    my %odd = (
        'empty' => '', 'header only' => "Subject: x\n", 'body only' => "\nbody\n", 'no line feed' => 'Subject: x',
        'NUL' => "Subject: a\0b\n\n\0\0\0", 'bare CR' => "Subject: x\rTo: y\r\rbody", 'binary' => join('', map {chr} 0 .. 255) x 50,
        'empty fields' => "From:\nTo:\nSubject:\nMessage-ID:\nSender:\nReply-To:\nDate:\n\n",
        'many fields' => "X-A: b\n" x 100_000 . "\nbody\n", 'long line' => 'Subject: ' . 'x' x 1_000_000 . "\n\nbody\n",
    );
    for my $name (sort keys %odd) {
        my ($status, $out, $err) = check('--json', '--facts', $here->put('odd.eml', $odd{$name}));
        cmp_ok($status, '<=', 3, $name) or diag $err;
        ok(eval { decode_json($out) }, "$name: valid JSON");
    }
};

subtest 'the command line' => sub {
    my $file = $here->put('a.eml', message('x'));
    for my $case (
        [['check'], qr/usage: outvet check/], [['check', '--jsno', $file], qr/did you mean --json\?/],
        [['chekc', $file], qr/did you mean "check"\?/], [['held', 'lsit'], qr/did you mean "held list"\?/],
        [['check', '--client', 'nobody', $file], qr/not an IP address/], [['check', '--date'], qr/--date needs a TIME/],
    ) {
        my ($status, $out, $err) = $here->run(@{ $case->[0] }, { bare => 1 });
        is($status, 64, "@{$case->[0]}: usage");
        is($out, '', 'nothing on standard output');
        like($err, $case->[1], 'says what to do');
    }
    is(($here->run('check', '--no-dns', $file))[0], 0, '--no-dns is accepted');
    my ($status, $out) = $here->run('--config', "$here->{dir}/outvet.conf", 'check', $file, { bare => 1 });
    is($status, 0, 'common options may stand before the command');
    my ($faulty, undef, $err) = $here->run('check', '--config', $here->put('bad.conf', "[verdict]\nhld = 3\n"), $file, { bare => 1 });
    is($faulty, 78, 'faulty settings');
    like($err, qr/bad\.conf:2: .*hold/, 'with line and nearest name');
};

subtest 'a ledger that is not there yet' => sub {
    my ($status, undef, $err) = $here->run('check', '--history', '-', { input => message('Thursday') });
    is($status, 69, 'unavailable');
    like($err, qr/ledger\.sqlite can't be read: No such file or directory; outvetd makes it when it first starts/, 'why');
};

done_testing;
