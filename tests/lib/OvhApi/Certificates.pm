# Certificates for the stand-in of the OVH API: an authority made for the occasion, and of it one for
# loopback, one that expired, and one for another name. Made by openssl.
package OvhApi::Certificates;

use v5.32;
use warnings;

# Name => what it has in its subjectAltName, and more words for openssl.
my %kinds = (
    https => ['IP:127.0.0.1,DNS:localhost,DNS:eu.api.ovh.com,DNS:www.ovh.com'],
    expired => ['IP:127.0.0.1,DNS:localhost', qw(-startdate 20200101000000Z -enddate 20200201000000Z)],
    wrong_name => ['DNS:elsewhere.example'],
);

sub openssl {
    my ($dir, @words) = @_;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDOUT, '>>', "$dir/openssl.log" or exit 126;
        open STDERR, '>&', \*STDOUT or exit 126;
        exec 'openssl', @words or exit 127;
    }
    waitpid $pid, 0;
    die "openssl @words: see $dir/openssl.log\n" if $?;
    return;
}

sub put {
    my ($path, $text) = @_;
    open my $file, '>', $path or die "$path: $!\n";
    print $file $text;
    close $file or die "$path: $!\n";
    return;
}

# Makes them in dir: ca.pem, and for each name its certificate and key. Gives name => [certificate, key].
sub make {
    my ($dir) = @_;
    put("$dir/ca.conf", <<"END_OF_CONF");
[ca]
default_ca = authority
[authority]
database = $dir/index.txt
new_certs_dir = $dir
serial = $dir/serial
certificate = $dir/ca.pem
private_key = $dir/ca.key
default_md = sha256
default_days = 2
policy = policy
unique_subject = no
copy_extensions = copy
[policy]
commonName = supplied
END_OF_CONF
    put("$dir/index.txt", '');
    put("$dir/serial", "1000\n");
    my @key = qw(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes);
    openssl($dir, 'req', '-x509', @key, '-days', 2, '-subj', '/CN=Authority of a test', '-addext',
        'keyUsage=critical,keyCertSign,cRLSign', '-keyout', "$dir/ca.key", '-out', "$dir/ca.pem");
    my %files;
    for my $name (sort keys %kinds) {
        my ($names, @more) = @{ $kinds{$name} };
        openssl($dir, 'req', '-new', @key, '-subj', "/CN=$name", '-addext', "subjectAltName=$names",
            '-keyout', "$dir/$name.key", '-out', "$dir/$name.csr");
        openssl($dir, 'ca', '-batch', '-notext', '-config', "$dir/ca.conf", @more,
            '-in', "$dir/$name.csr", '-out', "$dir/$name.pem");
        $files{$name} = ["$dir/$name.pem", "$dir/$name.key"];
    }
    return %files;
}

1;
