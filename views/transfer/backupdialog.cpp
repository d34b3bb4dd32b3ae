// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transfer/backupdialog.h"

#include "models/backup/postgresdump.h"
#include "models/core/async.h"
#include "views/panels/writeguard.h"
#include "views/transfer/transferprogress.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QDateTime>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QTableWidget>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

template<typename Widget>
Widget *named(Widget *widget, const QString &name, const QString &accessibleName)
{
    widget->setObjectName(name);
    widget->setAccessibleName(accessibleName);
    return widget;
}

QString sizeText(std::int64_t bytes)
{
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

} // namespace

BackupDialog::BackupDialog(const PanelServices &services, DatabaseContext context, QWidget *parent)
    : QDialog(parent), m_services(services), m_context(std::move(context)), m_database(m_context.pool->url()), m_isFile(m_database.engine() == Engine::Sqlite)
{
    setObjectName(u"backupDialog"_s);
    setWindowTitle(tr("Backups"));
    build();
    if (m_isFile) {
        m_file->setText(backupPathBeside(m_database.filePath(), {}, QDateTime::currentDateTimeUtc()));
    } else {
        const QString folder = m_services.settings.value(u"backup/folder"_s, QDir::homePath()).toString();
        m_file->setText(QDir(folder).filePath(u"%1-%2.dump"_s.arg(m_database.parameter(u"dbname"_s), QDateTime::currentDateTimeUtc().toString(u"yyyy-MM-ddTHHmmss"_s))));
    }
    reload();
}

void BackupDialog::build()
{
    m_file = named(new QLineEdit(this), u"backupFile"_s, tr("File of the backup"));
    auto *browse = named(new QPushButton(tr("&Browse…"), this), u"backupBrowse"_s, tr("Choose the file"));
    m_backUp = named(new QPushButton(tr("&Back up"), this), u"backupStart"_s, tr("Back up"));
    m_backUp->setDefault(true);
    m_list = named(new QTableWidget(0, 3, this), u"backupList"_s, tr("Backups"));
    m_list->setHorizontalHeaderLabels({tr("Made"), tr("Size"), tr("File")});
    m_list->verticalHeader()->hide();
    m_list->horizontalHeader()->setStretchLastSection(true);
    m_list->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_list->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setShowGrid(false);
    m_empty = named(new QLabel(tr("There are no backups here yet."), this), u"backupEmpty"_s, QString());
    m_message = new MessageBar(this);
    m_progress = new TransferProgress(m_services.tasks, this);
    auto *close = named(new QPushButton(tr("&Close"), this), u"backupClose"_s, tr("Close"));
    m_open = named(new QPushButton(tr("&Open"), this), u"backupOpen"_s, tr("Open the backup"));
    m_restore = named(new QPushButton(tr("&Restore"), this), u"backupRestore"_s, tr("Restore the backup"));
    m_restore->setToolTip(m_isFile ? tr("Checks a copy of it, keeps what the database holds now beside it, and puts the copy in its place")
                                   : tr("Restores into a new database, checks it and gives it this one's name; the old one stays"));
    m_restoreBeside = named(new QPushButton(tr("Restore to a &new file"), this), u"backupRestoreBeside"_s, tr("Restore the backup to a new file"));
    m_restoreBeside->setToolTip(tr("Copies it to a new file beside the database and checks it; the database stays as it is"));
    m_restoreBeside->setVisible(m_isFile);
    m_open->setVisible(m_isFile);
    for (QPushButton *button : {browse, close, m_open, m_restore, m_restoreBeside})
        button->setAutoDefault(false);
    auto *fileRow = new QHBoxLayout;
    fileRow->addWidget(m_file, 1);
    fileRow->addWidget(browse);
    fileRow->addWidget(m_backUp);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(close);
    buttons->addWidget(m_open);
    buttons->addWidget(m_restoreBeside);
    buttons->addWidget(m_restore);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::space4, metrics::space4, metrics::space4, metrics::space4);
    layout->setSpacing(metrics::space3);
    auto *about = new QLabel(m_isFile ? tr("A copy as the database stands at one moment, checked before it gets its name. Others may go on writing.")
                                      : tr("A dump by pg_dump, as the database stands at one moment. Others may go on writing."), this);
    about->setWordWrap(true);
    layout->addWidget(about);
    layout->addLayout(fileRow);
    layout->addWidget(m_progress);
    layout->addWidget(m_message);
    layout->addWidget(m_empty);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
    resize(scaled(720), scaled(460));
    connect(browse, &QPushButton::clicked, this, &BackupDialog::chooseFile);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_backUp, &QPushButton::clicked, this, &BackupDialog::backUp);
    connect(m_restore, &QPushButton::clicked, this, &BackupDialog::askToRestore);
    connect(m_restoreBeside, &QPushButton::clicked, this, &BackupDialog::restoreBeside);
    connect(m_open, &QPushButton::clicked, this, [this] { emit openRequested(chosen()); });
    connect(m_message, &MessageBar::actionTriggered, this, [this] { emit openRequested(m_opens); });
    connect(m_list, &QTableWidget::itemSelectionChanged, this, [this] { setBusy(m_progress->isRunning()); });
}

QString BackupDialog::chosen() const
{
    const QTableWidgetItem *item = m_list->currentRow() >= 0 ? m_list->item(m_list->currentRow(), 2) : nullptr;
    return item && item->isSelected() ? item->data(Qt::UserRole).toString() : QString();
}

void BackupDialog::setBusy(bool busy)
{
    m_backUp->setEnabled(!busy);
    m_restore->setEnabled(!busy && !chosen().isEmpty());
    m_restoreBeside->setEnabled(!busy && !chosen().isEmpty());
    m_open->setEnabled(!chosen().isEmpty());
}

void BackupDialog::reload()
{
    const QString folder = QFileInfo(m_file->text()).path();
    const auto job = [path = m_isFile ? m_database.filePath() : folder, isFile = m_isFile] { return isFile ? backupsBeside(path) : dumpsIn(path); };
    onResult(QtConcurrent::run(&m_services.workers, job), this, [this](const std::vector<BackupFile> &files) {
        m_list->setRowCount(static_cast<int>(files.size()));
        const QLocale locale;
        for (int row = 0; row < m_list->rowCount(); ++row) {
            const BackupFile &file = files[static_cast<std::size_t>(row)];
            m_list->setItem(row, 0, new QTableWidgetItem(locale.toString(file.modifiedUtc.toLocalTime(), QLocale::ShortFormat)));
            auto *size = new QTableWidgetItem(sizeText(file.bytes));
            size->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_list->setItem(row, 1, size);
            auto *name = new QTableWidgetItem(QFileInfo(file.path).fileName());
            name->setData(Qt::UserRole, file.path);
            name->setToolTip(file.path);
            m_list->setItem(row, 2, name);
        }
        m_list->resizeColumnsToContents();
        m_list->setVisible(!files.empty());
        m_empty->setVisible(files.empty());
        setBusy(m_progress->isRunning());
    });
}

void BackupDialog::chooseFile()
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Back up to"), m_file->text());
    if (path.isEmpty())
        return;
    m_file->setText(path);
    m_services.settings.setValue(u"backup/folder"_s, QFileInfo(path).path());
    reload();
}

void BackupDialog::backUp()
{
    const QString target = m_file->text().trimmed();
    if (target.isEmpty() || m_progress->isRunning())
        return;
    const auto state = m_progress->begin(tr("Backing up"));
    const std::stop_token stop = m_progress->stopToken();
    m_message->clear();
    setBusy(true);
    const auto job = [database = m_database, target, stop, state, isFile = m_isFile]() -> Result<QString> {
        if (!isFile) {
            const auto dumped = dumpPostgres(database, target, false, stop, [&](const DumpProgress &at) { state->fraction = at.ofTables > 0 ? static_cast<double>(at.tables) / at.ofTables : -1; });
            return dumped ? Result<QString>(tr("%1, %2").arg(dumped->path, sizeText(dumped->bytes))) : Result<QString>(failure(dumped));
        }
        SqliteBackupOptions options;
        options.stop = stop;
        options.progress = [&](const BackupProgress &at) { state->fraction = at.totalBytes > 0 ? static_cast<double>(at.doneBytes) / static_cast<double>(at.totalBytes) : -1; };
        const auto copied = backupSqlite(database, target, options);
        return copied ? Result<QString>(tr("%1, %2, checked").arg(copied->path, sizeText(copied->bytes))) : Result<QString>(failure(copied));
    };
    onResult(QtConcurrent::run(&m_services.workers, job), this, [this](const Result<QString> &outcome) {
        m_opens.clear();
        finished(outcome, false);
        if (m_isFile)
            m_file->setText(backupPathBeside(m_database.filePath(), {}, QDateTime::currentDateTimeUtc()));
    });
}

bool BackupDialog::isRefused()
{
    const QString no = writeRefusal(m_context);
    if (!no.isEmpty())
        m_message->showError({ErrorCode::ReadOnly, no, {}, -1});
    return !no.isEmpty();
}

void BackupDialog::askToRestore()
{
    if (chosen().isEmpty() || m_progress->isRunning() || isRefused())
        return;
    const QString name = m_isFile ? QFileInfo(m_database.filePath()).fileName() : m_database.parameter(u"dbname"_s);
    auto *question = new QMessageBox(QMessageBox::Question, tr("Restore"), tr("Restore %1 in the place of %2?").arg(QFileInfo(chosen()).fileName(), name), QMessageBox::Cancel, this);
    question->setObjectName(u"restoreQuestion"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(m_isFile ? tr("What the database holds now is kept in a file beside it. Programs that have it open go on with what the backup held.")
                                          : tr("The database that is there stays under another name. Whoever uses it now is disconnected."));
    QPushButton *go = question->addButton(tr("Restore"), QMessageBox::AcceptRole);
    go->setObjectName(u"confirmRestore"_s);
    connect(go, &QPushButton::clicked, this, &BackupDialog::restoreInPlace);
    question->open();
}

/// Tells the foot how far it is.
SqliteBackupOptions BackupDialog::sqliteOptions()
{
    const auto state = m_progress->begin(tr("Restoring %1").arg(QFileInfo(chosen()).fileName()));
    SqliteBackupOptions options;
    options.stop = m_progress->stopToken();
    options.progress = [state](const BackupProgress &at) { state->fraction = at.totalBytes > 0 ? static_cast<double>(at.doneBytes) / static_cast<double>(at.totalBytes) : -1; };
    return options;
}

void BackupDialog::restoreInPlace()
{
    const QString source = chosen();
    if (source.isEmpty() || m_progress->isRunning() || isRefused())
        return;
    m_message->clear();
    m_opens.clear();
    if (m_isFile) {
        const SqliteBackupOptions options = sqliteOptions();
        setBusy(true);
        const auto job = [source, options](Connection &connection) -> Result<QString> {
            const auto done = restoreSqliteInto(connection, source, QDateTime::currentDateTimeUtc(), options);
            return done ? Result<QString>(tr("The database holds what the backup held. What was there is kept as %1.").arg(QFileInfo(done->kept).fileName())) : Result<QString>(failure(done));
        };
        onResult(m_context.pool->runOnWriter(job, options.stop), this, [this](const Result<QString> &outcome) {
            finished(outcome, false);
            if (outcome)
                emit restored();
        });
        return;
    }
    const auto state = m_progress->begin(tr("Restoring %1").arg(QFileInfo(source).fileName()));
    setBusy(true);
    m_opens = m_database.toUrlWithSecrets();
    const auto job = [database = m_database, source, stop = m_progress->stopToken(), state]() -> Result<QString> {
        const auto done = restorePostgres(source, database, QDateTime::currentDateTimeUtc(), stop, [&](const DumpProgress &at) { state->rows = at.tables; });
        return done ? Result<QString>(tr("%1 is restored. What was there is called %2.").arg(done->database, done->kept)) : Result<QString>(failure(done));
    };
    onResult(QtConcurrent::run(&m_services.workers, job), this, [this](const Result<QString> &outcome) { finished(outcome, true); });
}

void BackupDialog::restoreBeside()
{
    const QString source = chosen();
    if (source.isEmpty() || m_progress->isRunning())
        return;
    m_message->clear();
    const QFileInfo file(m_database.filePath());
    const QString place = file.dir().filePath(u"%1.restored-%2.%3"_s.arg(file.completeBaseName(), QDateTime::currentDateTimeUtc().toString(u"yyyyMMddHHmmss"_s), file.suffix().isEmpty() ? u"db"_s : file.suffix()));
    m_opens = place;
    const SqliteBackupOptions options = sqliteOptions();
    setBusy(true);
    const auto job = [source, place, options]() -> Result<QString> {
        const auto done = restoreSqlite(source, place, QDateTime::currentDateTimeUtc(), options);
        return done ? Result<QString>(tr("%1 holds what the backup held.").arg(QFileInfo(place).fileName())) : Result<QString>(failure(done));
    };
    onResult(QtConcurrent::run(&m_services.workers, job), this, [this](const Result<QString> &outcome) { finished(outcome, true); });
}

void BackupDialog::finished(const Result<QString> &outcome, bool opens)
{
    m_progress->end();
    setBusy(false);
    if (outcome)
        m_message->showNote(*outcome, opens ? tr("Open") : QString());
    else if (outcome.error().code == ErrorCode::Cancelled)
        m_message->showNote(tr("Stopped. Everything is as it was."));
    else
        m_message->showError(outcome.error());
    reload();
}

void BackupDialog::done(int result)
{
    m_progress->stop();
    QDialog::done(result);
}

} // namespace turnstone
