// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/keyringsecretstore.h"

#include <QPromise>

#include <qt6keychain/keychain.h>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString keyringReason(const QKeychain::Job &job)
{
    switch (job.error()) {
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied: return KeyringSecretStore::tr("it was refused");
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented: return KeyringSecretStore::tr("there is none");
    default: break;
    }
    QString words = job.errorString().simplified();
    while (words.endsWith(u'.'))
        words.chop(1);
    return words.isEmpty() ? KeyringSecretStore::tr("it gave no reason") : words;
}

} // namespace

template<typename Job>
QFuture<SecretAnswer> KeyringSecretStore::run(Job *job, const QString &key, std::function<SecretAnswer(Job &)> answerOf)
{
    auto promise = std::make_shared<QPromise<SecretAnswer>>(); // shared: a std::function has to be copyable
    promise->start();
    QFuture<SecretAnswer> future = promise->future();
    job->setKey(key);
    job->setInsecureFallback(false); // never into a settings file
    connect(job, &QKeychain::Job::finished, this, [this, job, promise, answerOf = std::move(answerOf)] {
        const SecretAnswer answer = answerOf(*job);
        promise->addResult(answer);
        promise->finish();
        if (!answer.note.isEmpty())
            emit noteRaised(answer.note);
    });
    job->start();
    return future;
}

QFuture<SecretAnswer> KeyringSecretStore::read(const QString &key)
{
    if (const auto found = m_untilTheEnd.constFind(key); found != m_untilTheEnd.cend())
        return answered({*found, false, {}});
    return run<QKeychain::ReadPasswordJob>(new QKeychain::ReadPasswordJob(QString::fromLatin1(serviceName), this), key,
                                           [](QKeychain::ReadPasswordJob &job) -> SecretAnswer {
                                               if (job.error() == QKeychain::NoError)
                                                   return {job.textData(), true, {}};
                                               if (job.error() == QKeychain::EntryNotFound)
                                                   return {};
                                               return {std::nullopt, false, tr("The keyring cannot be read (%1); type the password.").arg(keyringReason(job))};
                                           });
}

QFuture<SecretAnswer> KeyringSecretStore::keep(const QString &key, const QString &secret)
{
    m_untilTheEnd.insert(key, secret); // until the keyring has it
    auto *job = new QKeychain::WritePasswordJob(QString::fromLatin1(serviceName), this);
    job->setTextData(secret);
    return run<QKeychain::WritePasswordJob>(job, key, [this, key, secret](QKeychain::WritePasswordJob &done) -> SecretAnswer {
        if (done.error() != QKeychain::NoError)
            return {std::nullopt, false,
                    tr("The keyring cannot be used (%1): the password is kept until Turnstone is closed.").arg(keyringReason(done))};
        if (m_untilTheEnd.value(key) == secret)
            m_untilTheEnd.remove(key);
        return {std::nullopt, true, {}};
    });
}

QFuture<SecretAnswer> KeyringSecretStore::forget(const QString &key)
{
    const bool wasInMemory = m_untilTheEnd.remove(key) > 0;
    return run<QKeychain::DeletePasswordJob>(new QKeychain::DeletePasswordJob(QString::fromLatin1(serviceName), this), key,
                                             [wasInMemory](QKeychain::DeletePasswordJob &job) -> SecretAnswer {
                                                 // Where there is no keyring, nothing is left behind in it.
                                                 const bool gone = job.error() == QKeychain::NoError || job.error() == QKeychain::EntryNotFound
                                                     || job.error() == QKeychain::NoBackendAvailable || job.error() == QKeychain::NotImplemented;
                                                 if (gone || wasInMemory)
                                                     return {};
                                                 return {std::nullopt, false,
                                                         tr("The keyring did not remove the password (%1).").arg(keyringReason(job))};
                                             });
}

} // namespace turnstone
