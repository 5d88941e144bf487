# Messages signed by opendkim, Mail::DKIM and dkimpy, and what each of them, and outvet, says of any
# signed message. Keys are made anew for each run, and served by NSD.
package DkimPeers;

use strict;
use warnings;
use File::Temp qw(tempdir);
use Mail::DKIM::DNS;
use Mail::DKIM::Signer;
use Mail::DKIM::Verifier;
use MIME::Base64 qw(encode_base64);
use NameServer;
use Net::DNS::Resolver;
use OpenDkim;
use Outvet;
use JSON::PP ();

our $domain = 'signer-test.org';
our @forms = qw(simple/simple simple/relaxed relaxed/simple relaxed/relaxed);
my $rules = "[group test]\ncap = 100\n" . join '', map { <<"END" } qw(pass fail none);

[\U$_\E]
when = auth.dkim = '$_'
score = 0.1
group = test
scale = safety
reference = RFC 6376
advice = None.
evidence = auth.dkim.reason
END
my @rsa = qw(rsa1024 rsa2048 rsa4096);

# records: lines of the zone beside the keys, which are rsa1024, rsa2048, rsa4096 and ed25519
# ._domainkey.signer-test.org.
sub new {
    my ($class, $records) = @_;
    my $self = bless {dir => tempdir('outvet-dkim-XXXXXXXX', TMPDIR => 1, CLEANUP => 1)}, $class;
    my $zone = $records // '';
    for my $key (@rsa, 'ed25519') {
        my $path = "$self->{dir}/$key.pem";
        my @kind = $key =~ /^rsa(\d+)/ ? ('rsa', '-pkeyopt', "rsa_keygen_bits:$1") : ('ed25519');
        run('openssl', 'genpkey', '-algorithm', @kind, '-out', $path);
        my $public = run('openssl', 'pkey', '-in', $path, '-pubout', '-outform', 'DER');
        my ($kind) = $key =~ /^(rsa|ed25519)/;
        my $octets = encode_base64($kind eq 'rsa' ? $public : substr($public, -32), '');
        my $strings = join ' ', map {"\"$_\""} unpack '(A200)*', "v=DKIM1; k=$kind; p=$octets";
        $zone .= "$key._domainkey.$domain. TXT $strings\n";
    }
    my $secret = run('openssl', 'pkey', '-in', "$self->{dir}/ed25519.pem", '-outform', 'DER');
    $self->put('ed25519.seed', encode_base64(substr($secret, -32), ''));
    run('openssl', 'pkey', '-in', "$self->{dir}/$_.pem", '-traditional', '-out', "$self->{dir}/$_.key") for @rsa;
    $self->{server} = NameServer->new($zone);
    $self->{opendkim} = OpenDkim->new(dns => $self->{server}->address);
    Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(
        nameservers => ['127.0.0.1'], port => $self->{server}{port}, recurse => 1));
    $self->{outvet} = Outvet->new(dns => $self->{server}->address, rules => $rules, settings => "[egress]\nsigning = before\n");
    return $self;
}

sub run {
    my (@command) = @_;
    open my $out, '-|', 'sh', '-c', 'exec "$@" 2>/dev/null', 'sh', @command or die "$command[0]: $!\n";
    binmode $out;
    local $/;
    my $text = <$out> // '';
    close $out or die "@command failed\n";
    return $text;
}

sub put {
    my ($self, $name, $text) = @_;
    open my $file, '>:raw', "$self->{dir}/$name" or die "$self->{dir}/$name: $!\n";
    print $file $text;
    close $file or die "$self->{dir}/$name: $!\n";
    return "$self->{dir}/$name";
}

# The message (with LF) signed by everybody who can with every key in every form, as hashes of
# signer, key, form and text. The From of text is KEY@signer-test.org.
sub signed {
    my ($self, $message) = @_;
    my (@signed, @for_dkimpy);
    my @opendkim = map { [$_, $self->signing_opendkim($_, 'rsa-sha256', @rsa), @rsa],
        [$_, $self->signing_opendkim($_, 'ed25519-sha256', 'ed25519'), 'ed25519'] } @forms;
    for my $key (@rsa, 'ed25519') {
        my $text = $message =~ s/\bKEY@/$key@/gr;
        my $source = $self->put("unsigned.$key", $text);
        for my $form (@forms) {
            my ($opendkim) = map { $_->[1] } grep { my ($its, undef, @keys) = @$_; $its eq $form && grep { $_ eq $key } @keys } @opendkim;
            push @signed, {signer => 'opendkim', key => $key, form => $form, text => $opendkim->sign($text)};
            push @signed, {signer => 'Mail::DKIM', key => $key, form => $form, text => $self->perl_signs($text, $key, $form)}
                if $key ne 'ed25519';
            push @for_dkimpy, {signer => 'dkimpy', key => $key, form => $form, source => $source,
                file => "$self->{dir}/signed." . @for_dkimpy};
        }
    }
    push @for_dkimpy, {%{ $for_dkimpy[4] }, length => 1, file => "$self->{dir}/signed.l"};
    $self->put('to_sign', join '', map { my $ed = $_->{key} eq 'ed25519'; join(' ', $_->{source}, $_->{file}, $domain, $_->{key},
            $ed ? 'ed25519-sha256' : 'rsa-sha256', $_->{form}, "$self->{dir}/$_->{key}." . ($ed ? 'seed' : 'key'),
            $_->{length} ? 'l' : '-') . "\n" } @for_dkimpy);
    run('sh', '-c', 'exec "$0" sign <"$1"', "$Outvet::source/tests/tools/dkimpy", "$self->{dir}/to_sign");
    $_->{text} = Outvet::slurp($_->{file}) for @for_dkimpy;
    return (@signed, @for_dkimpy);
}

sub signing_opendkim {
    my ($self, $form, $algorithm, @keys) = @_;
    return OpenDkim->new(domain => $domain, canonicalisation => $form, algorithm => $algorithm,
        keys => {map { $_ => "$self->{dir}/$_.pem" } @keys});
}

sub perl_signs {
    my ($self, $text, $key, $form) = @_;
    my $signer = Mail::DKIM::Signer->new(Algorithm => 'rsa-sha256', Method => $form, Domain => $domain,
        Selector => $key, KeyFile => "$self->{dir}/$key.key", Headers => 'X-Twice:X-Twice');
    $signer->PRINT($text =~ s/\n/\r\n/gr);
    $signer->CLOSE;
    return ($signer->signature->as_string =~ s/\r\n/\n/gr) . "\n$text";
}

# What each verifier says of messages (texts with LF): for each a hash of outvet, opendkim,
# Mail::DKIM and dkimpy to 'pass', 'fail: WHY' or 'none'.
sub verified {
    my ($self, @texts) = @_;
    my $directory = tempdir('messages-XXXXXXXX', DIR => $self->{dir});
    my @paths = map { sprintf '%s/%06d', $directory, $_ } 0 .. $#texts;
    for my $i (0 .. $#texts) {
        open my $file, '>:raw', $paths[$i] or die "$paths[$i]: $!\n";
        print $file $texts[$i];
        close $file or die "$paths[$i]: $!\n";
    }
    my %says = (
        outvet => [$self->outvet_verifies($directory)],
        dkimpy => [$self->python_verifies(@paths)],
        'Mail::DKIM' => [map { perl_verifies($_) } @texts],
        opendkim => [map { $self->opendkim_verifies($_) } @texts],
    );
    return map { my $i = $_; +{map { $_ => $says{$_}[$i] } keys %says} } 0 .. $#texts;
}

sub outvet_verifies {
    my ($self, $directory) = @_;
    my (undef, $out, $err) = $self->{outvet}->run('check', '--json', '--sender', "jane\@$domain", '--recipient', 'ann@reader-test.net', $directory);
    die $err if $err;
    return map {
        my %hits = map { $_->{rule} => $_->{evidence} } @{ JSON::PP::decode_json($_)->{hits} };
        exists $hits{PASS} ? 'pass' : exists $hits{FAIL} ? "fail: $hits{FAIL}" : exists $hits{NONE} ? 'none' : 'unknown';
    } split /\n/, $out;
}

sub python_verifies {
    my ($self, @paths) = @_;
    $self->put('to_verify', join "\n", @paths);
    my $out = run('sh', '-c', 'exec "$0" verify "$1" <"$2"', "$Outvet::source/tests/tools/dkimpy",
        $self->{server}{port}, "$self->{dir}/to_verify");
    return map { s/^fail\b/fail:/r } split /\n/, $out;
}

sub perl_verifies {
    my ($text) = @_;
    local $SIG{__WARN__} = sub { }; # it reckons with an l= that is no number
    my $verifier = Mail::DKIM::Verifier->new;
    $verifier->PRINT($text =~ s/\n/\r\n/gr);
    $verifier->CLOSE;
    my $detail = $verifier->result_detail // "invalid";
    return $detail =~ /^(?:pass|none)$/ ? $detail : "fail: $detail";
}

sub opendkim_verifies {
    my ($self, $text) = @_;
    my $detail = $self->{opendkim}->verify($text) =~ s/\s+/ /gr;
    return $detail =~ /\bdkim=pass\b/ ? 'pass' : $detail =~ /\bdkim=none\b/ ? 'none' : "fail: $detail";
}

1;
