#!/usr/bin/perl
# Messages signed by opendkim, Mail::DKIM and dkimpy with every kind of key in every canonical form,
# whole and damaged in every place, verified by outvet and by all three. Where one says otherwise
# than outvet, the table below says why that is right.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use DkimPeers;
use Test::More;

my $message = <<'END';
From: Jane  Doe <KEY@signer-test.org>
To: one@example.com,
	two@example.com ,
  three@example.com
Cc: Four  Five <four@example.com>
Reply-To: desk@signer-test.org
Subject:  a folded
 	 subject of two lines
Date: Mon, 23 Nov 2026 10:00:00 +0000
Message-ID: <KEY@signer-test.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii
List-Unsubscribe: <https://signer-test.org/leave?a=1&b=2>
X-Twice: one of two
X-Twice: two of two
X-Free: no signer knows this one

Good day.  Two	blanks and a tab.
 A line that begins with a space.
A line that ends in spaces.  

Bye, Jane.
END

# Field by field: NAME => what becomes of "Name:value\n" (all its lines).
my %field_damage = (
    'a letter changed' => sub { $_[0] =~ s/([A-Za-z0-9])([^A-Za-z0-9]*)\z/($1 eq 'q' ? 'w' : 'q') . $2/er },
    'another letter case' => sub { my ($name, $value) = split /:/, $_[0], 2; "$name:" . ($value =~ tr/A-Za-z/a-zA-Z/r) },
    'the name in upper case' => sub { my ($name, $value) = split /:/, $_[0], 2; uc($name) . ":$value" },
    'a space before the colon' => sub { $_[0] =~ s/:/ :/r },
    'a space more after the colon' => sub { $_[0] =~ s/:/: /r },
    'no space after the colon' => sub { $_[0] =~ s/:[ \t]+/:/r },
    'a space more inside' => sub { $_[0] =~ s/(?<=\w)([^\w\n]*)(?=\w+[^\w\n]*\n\z)/ $1/r },
    'a tab for a space' => sub { $_[0] =~ s/ (?=[^ \n]*\n\z)/\t/r },
    'a space at its end' => sub { $_[0] =~ s/\n\z/ \n/r },
    'folded elsewhere' => sub { $_[0] =~ /\n./ ? $_[0] =~ s/\n(?=.)//gr : $_[0] =~ s/:/:\n/r },
    'emptied' => sub { $_[0] =~ s/:.*/:\n/sr },
    'removed' => sub {''},
    'doubled' => sub { $_[0] . $_[0] },
    'another above' => sub { ($_[0] =~ s/:.*/: another\n/sr) . $_[0] },
    'another below' => sub { $_[0] . ($_[0] =~ s/:.*/: another\n/sr) },
);

my %body_damage = (
    'a letter changed' => sub { s/Bye/Bya/r },
    'another letter case' => sub { s/Bye/BYE/r },
    'an empty line at the end' => sub {"$_\n"},
    'three empty lines at the end' => sub {"$_\n\n\n"},
    'a line of blanks at the end' => sub {"$_ \t\n"},
    'an empty line, then blanks at the end' => sub {"$_\n  \n"},
    'an empty line on top' => sub {"\n$_"},
    'an empty line inside' => sub { s/\n\n/\n\n\n/r },
    'an empty line less' => sub { s/\n\n/\n/r },
    'a space at a line\'s end' => sub { s/tab\.\n/tab. \n/r },
    'spaces less at a line\'s end' => sub { s/spaces\.  \n/spaces.\n/r },
    'a tab at the end of all' => sub { s/\n\z/\t\n/r },
    'a space less inside' => sub { s/day\.  Two/day. Two/r },
    'no space inside' => sub { s/day\.  Two/day.Two/r },
    'a space for a tab' => sub { s/\t/ /r },
    'spaces for a tab' => sub { s/\t/   /r },
    'a space more at a line\'s start' => sub { s/^ A/  A/mr },
    'no space at a line\'s start' => sub { s/^ A/A/mr },
    'a space before a line' => sub { s/^Bye/ Bye/mr },
    'lines in another order' => sub { s/(.*\n)(.*\n)/$2$1/r },
    'a line folded' => sub { s/that begins /that\nbegins /r },
    'a line more' => sub {"$_-- \nA footer.\n"},
    'a line less' => sub { s/.*\n\z//r },
    'a dot on a line' => sub { s/^Bye/.\nBye/mr },
    'nothing left' => sub {''},
    'only empty lines left' => sub {"\n\n"},
    'only blanks left' => sub {" \n\t\n"},
    'another text before the first line' => sub {"X$_"},
);

# The signature field: its text after the name, b= included.
my %signature_damage = (
    'the name in upper case' => sub { s/^DKIM-Signature/DKIM-SIGNATURE/r },
    'white space in b=' => sub { s/(\bb=[^;]{20})/$1\n\t/r },
    'a letter of b= changed' => sub { s/(\bb=\s*\S{8})(\S)/$1 . ($2 eq 'A' ? 'B' : 'A')/er },
    'b= cut' => sub { s/(\bb=\s*)[^\s;]{4}/$1/r },
    'b= emptied' => sub { s/\bb=[^;]*\z/b=\n/r },
    'a letter of bh= changed' => sub { s/(\bbh=\s*\S{8})(\S)/$1 . ($2 eq 'A' ? 'B' : 'A')/er },
    'bh= cut' => sub { s/(\bbh=\s*)\S{4}/$1/r },
    'no v=' => sub { s/v=1;\s*//r },
    'v=2' => sub { s/v=1;/v=2;/r },
    'v=1 twice' => sub { s/v=1;/v=1; v=1;/r },
    'no a=' => sub { s/\ba=[^;]*;\s*//r },
    'a=rsa-md5' => sub { s/\ba=[^;]*;/a=rsa-md5;/r },
    'no d=' => sub { s/\bd=[^;]*;\s*//r },
    'd= in upper case' => sub { s/\bd=signer-test/d=SIGNER-TEST/r },
    'another d=' => sub { s/\bd=signer-test\.org/d=other-test.org/r },
    'no s=' => sub { s/\bs=[^;]*;\s*//r },
    'a selector without a key' => sub { s/\bs=rsa/s=gone/r },
    'another key\'s selector' => sub { s/\bs=rsa2048/s=rsa1024/r },
    'a revoked key' => sub { s/\bs=rsa2048/s=revoked/r },
    'a key that is none' => sub { s/\bs=rsa2048/s=broken/r },
    'a key of SHA-1' => sub { s/\bs=rsa2048/s=sha1/r },
    'a key for other than mail' => sub { s/\bs=rsa2048/s=other/r },
    'a record that is no key' => sub { s/\bs=rsa2048/s=spf/r },
    'no h=' => sub { s/\bh=[^;]*;\s*//r },
    'h= without From' => sub { s/\b([hH])=\s*from\s*:\s*|(?<=[:\s])from\s*:\s*/defined $1 ? "$1=" : ''/gier },
    'h= in upper case' => sub { s/\bh=([^;]*)/'h=' . uc $1/er },
    'a name more in h=' => sub { s/(\bh=[^;]*?)\s*;/$1:x-free;/r },
    'an absent name more in h=' => sub { s/(\bh=[^;]*?)\s*;/$1:x-nowhere;/r },
    'h= folded elsewhere' => sub { s/(\bh=[^:;]*:)/$1\n  /r },
    'an empty name in h=' => sub { s/(\bh=[^:;]*:)/$1:/r },
    'another c=' => sub { s{c=relaxed/relaxed}{c=relaxed/simple}r },
    'c= of one name' => sub { s{c=relaxed/relaxed}{c=relaxed}r },
    'c= of a name that is none' => sub { s{c=relaxed/relaxed}{c=relaxed/loose}r },
    'no c=' => sub { s/\bc=[^;]*;\s*//r },
    'l=0 added' => sub { s/v=1;/v=1; l=0;/r },
    'l= beyond the end' => sub { s/v=1;/v=1; l=100000;/r },
    'l= that is no number' => sub { s/v=1;/v=1; l=ten;/r },
    'x= in the past' => sub { s/v=1;/v=1; x=1000000000;/r },
    'x= in the future' => sub { s/v=1;/v=1; x=4000000000;/r },
    't= in the future' => sub { s/\bt=\d+;/t=4000000000;/r },
    'i= elsewhere' => sub { s/\bi=[^;]*;\s*//r =~ s/v=1;/v=1; i=\@example.com;/r },
    'i= below' => sub { s/\bi=[^;]*;\s*//r =~ s/v=1;/v=1; i=\@a.signer-test.org;/r },
    'q= unknown' => sub { s/\bq=[^;]*;\s*//r =~ s/v=1;/v=1; q=http;/r },
    'an unknown tag' => sub { s/v=1;/v=1; unknown=yes;/r },
    'a segment that is no tag' => sub { s/v=1;/v=1; nothing;/r },
    'two semicolons' => sub { s/v=1;/v=1;;/r },
    'a semicolon at the end' => sub { s/\n\z/;\n/r },
    'a signature that is none above' => sub {"DKIM-Signature: none\n$_"},
    'a signature that is none below' => sub {"${_}DKIM-Signature: none\n"},
    'the same signature twice' => sub { $_ . $_ },
    'removed' => sub {''},
);

# [PEER, MESSAGE (patterns of the whole), why outvet is right where that peer finds a signature valid
# that outvet doesn't, or the other way round]
my @explained = (
    ['Mail::DKIM', qr/ed25519/, 'RFC 8463 1: it knows no Ed25519'],
    ['dkimpy', qr/: a space before the colon$/,
        'RFC 6376 3.4.2: white space before the colon is deleted; it takes such a message for none'],
    ['opendkim', qr/From: a space before the colon$/,
        'RFC 6376 3.4.2: white space before the colon is deleted; it misses From'],
    ['dkimpy|opendkim', qr/From: (?:another above|doubled)$/,
        'RFC 6376 5.4.2: fields are taken from the bottom, and the one signed is unchanged; they forbid a second From (8.15)'],
    ['dkimpy', qr/signature: a signature that is none above$/,
        'RFC 6376 6.1: each signature is judged by itself; it looks at the first'],
    ['opendkim', qr/signature: a signature that is none (?:above|below)$/,
        'RFC 6376 6.1: each signature is judged by itself; it refuses the message'],
);

# Each as [what, text].
sub damaged_fields {
    my ($text, @names) = @_;
    my ($header, $body) = split /\n\n/, $text, 2;
    my @fields = "$header\n" =~ /^(\S.*\n(?:[ \t].*\n)*)/mg;
    my (@damaged, %seen);
    for my $i (0 .. $#fields) {
        my ($name) = $fields[$i] =~ /^([^:]+)/;
        next if $name eq 'DKIM-Signature' || (@names && !grep { $_ eq $name } @names);
        my $which = $name . ($seen{$name}++ ? ' (second)' : '');
        my $with = sub { my @all = @fields; $all[$i] = $_[0]; join('', @all) . "\n$body" };
        push @damaged, map { ["$which: $_", $with->($field_damage{$_}->($fields[$i]))] } sort keys %field_damage;
        my @moved = @fields;
        push @moved, splice @moved, $i, 1;
        push @damaged, ["$which: moved to the end", join('', @moved) . "\n$body"];
    }
    return @damaged;
}

sub damaged_body {
    my ($text) = @_;
    my ($header, $body) = split /\n\n/, $text, 2;
    return map { local $_ = $_; my $what = $_; ["body: $what", "$header\n\n" . do { local $_ = $body; $body_damage{$what}->() }] }
        sort keys %body_damage;
}

sub damaged_signature {
    my ($text) = @_;
    my ($field, $rest) = $text =~ /\A(\S.*\n(?:[ \t].*\n)*)([\s\S]*)\z/;
    return map { my $what = $_; my $damaged = do { local $_ = $field; $signature_damage{$what}->() };
        $damaged eq $field ? () : ["signature: $what", $damaged . $rest] } sort keys %signature_damage;
}

my $peers = DkimPeers->new(<<'END');
revoked._domainkey.signer-test.org. TXT "v=DKIM1; p="
broken._domainkey.signer-test.org. TXT "v=DKIM1; p=AAAA"
sha1._domainkey.signer-test.org. TXT "v=DKIM1; h=sha1; p=AAAA"
other._domainkey.signer-test.org. TXT "v=DKIM1; s=other; p=AAAA"
spf._domainkey.signer-test.org. TXT "v=spf1 -all"
END

my @cases;
for my $signed ($peers->signed($message)) {
    my $name = join ' ', grep {defined} @$signed{qw(signer key form)}, $signed->{length} && 'l=';
    my $text = $signed->{text};
    my ($header) = split m{/}, $signed->{form};
    my $full = $signed->{key} eq 'rsa2048' && !$signed->{length};
    push @cases, map { {name => "$name, $_->[0]", text => $_->[1]} } ['whole', $text],
        $full || $signed->{length} ? damaged_body($text) : (),
        $full && $signed->{form} =~ m{^(\w+)/\g1$} ? damaged_fields($text)
        : $signed->{key} eq 'ed25519' ? damaged_fields($text, 'From', 'Subject') : (),
        $full && $signed->{form} eq 'relaxed/relaxed' ? damaged_signature($text) : ();
}
my @says = $peers->verified(map { $_->{text} } @cases);

# A message whose signatures are all bad is as one without (RFC 6376 6.1): what counts is whether one is valid.
my (%used, %total, $n_different);
for my $i (0 .. $#cases) {
    my ($name, $says) = ($cases[$i]{name}, $says[$i]);
    my $valid = $says->{outvet} eq 'pass';
    $total{$says->{outvet} =~ s/:.*//r}++;
    if ($name =~ /, whole$/) {
        # What opendkim signs with Ed25519 and a simple header nobody can verify, not opendkim either.
        my $broken = $name =~ m{^opendkim ed25519 simple/};
        is($valid ? 'valid' : 'not valid', $broken ? 'not valid' : 'valid', $name);
    }
    for my $peer ('Mail::DKIM', 'dkimpy', 'opendkim') {
        next if ($says->{$peer} eq 'pass') == $valid;
        my ($row) = grep { $peer =~ /^(?:$explained[$_][0])$/ && $name =~ $explained[$_][1] } 0 .. $#explained;
        defined $row ? $used{$row}++ : fail("$name: outvet says $says->{outvet}, $peer $says->{$peer}");
        $n_different++;
    }
}
ok($used{$_}, "met: $explained[$_][2]") for 0 .. $#explained;
is($total{unknown} // 0, 0, 'every key was found');
ok($total{pass} > 500 && $total{fail} > 500, scalar(@cases) . ' messages');
note join ', ', (map {"$total{$_} $_"} sort keys %total), ($n_different // 0) . ' different';

done_testing;
