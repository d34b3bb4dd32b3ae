// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/migrationspanel.h"

#include "models/core/async.h"
#include "models/migration/migrationschema.h"
#include "models/schemadiff/schemamigration.h"
#include "views/panels/tasks.h"
#include "views/panels/writeguard.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QListView>
#include <QListWidget>
#include <QCheckBox>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSaveFile>
#include <QSettings>
#include <QTabWidget>
#include <QTimer>
#include <QWidget>

namespace turnstone {

using namespace Qt::StringLiterals;

bool MigrationsPanel::canWrite() const
{
    return writeRefusal(context()).isEmpty();
}

bool MigrationsPanel::isRefused()
{
    if (!canWrite())
        m_message->showNote(writeRefusal(context()));
    return !canWrite();
}

/// Comparing makes a schema on a server, which needs a connection that may write.
void MigrationsPanel::applyAccess()
{
    if (!m_overview || m_isRunning)
        return;
    if (!canWrite())
        hidePlan();
    m_message->clear();
    showStation();
    if (m_overview->catalog.engine == Engine::PostgreSql)
        refresh();
}

MigrationRequest MigrationsPanel::request() const
{
    return {m_folder, {}, {}};
}

/// A job whose answer is thrown away if something else was asked meanwhile.
template<typename Job, typename Handler>
void MigrationsPanel::ask(bool needsWriting, Job job, Handler handler)
{
    const quint64 generation = m_generation;
    const auto answer = [this, generation, handler = std::move(handler)](auto result) {
        if (generation == m_generation)
            handler(std::move(result));
    };
    if (needsWriting)
        onResult(context().pool->runOnWriter(std::move(job), m_readStop.get_token()), this, answer);
    else
        onResult(context().pool->read(std::move(job), m_readStop.get_token()), this, answer);
}

void MigrationsPanel::reload()
{
    if (m_isRunning)
        return;
    hidePlan();
    m_message->clear();
    read();
}

void MigrationsPanel::refresh()
{
    if (!m_isRunning && !m_bar->isVisible())
        read();
}

void MigrationsPanel::read()
{
    m_readStop.request_stop();
    m_readStop = {};
    ++m_generation;
    using Answer = Result<std::shared_ptr<const MigrationOverview>>;
    // The user's own profiles lie beside the settings, wherever those are.
    ask(false, [wanted = request(), folder = QFileInfo(m_services.settings.fileName()).path() + u"/profiles"_s](Connection &connection) -> Answer {
        const ProfileRegistry registry = ProfileRegistry::load(folder);
        Result<MigrationOverview> overview = readMigrationOverview(connection, registry, wanted);
        if (!overview)
            return failure(overview);
        return std::make_shared<const MigrationOverview>(std::move(*overview));
    }, [this](Answer answer) {
        if (!answer) {
            m_message->showError(answer.error(), tr("Try again"));
            emit settled();
            return;
        }
        m_overview = *answer;
        m_changesOf = -1;
        m_drift.reset();
        showOverview();
        readDrift();
    });
}

/// On a server this makes a schema in a transaction and rolls it back, for which the session must be allowed to write.
void MigrationsPanel::readDrift()
{
    showDrift();
    const bool isServer = m_overview->catalog.engine == Engine::PostgreSql;
    if (m_overview->alembic || !m_overview->history.folder || (isServer && !canWrite())) {
        new QListWidgetItem(m_overview->alembic ? tr("What Alembic's revisions make is known to Python alone.") : !m_overview->history.folder
                                ? tr("There is no history to compare the schema with.") : tr("Finding differences needs a connection that may write."), m_driftList);
        emit settled();
        return;
    }
    using Answer = Result<MigrationDrift>;
    ask(isServer, [overview = m_overview](Connection &connection) -> Answer { return findDrift(connection, overview->catalog, overview->history, overview->state); }, [this](Answer answer) {
        if (answer) {
            m_drift = std::move(*answer);
            showDrift();
        } else {
            new QListWidgetItem(answer.error().message, m_driftList);
        }
        emit settled();
    });
}

/// The schema before and after one step, compared.
void MigrationsPanel::readChanges(const Station &station)
{
    const int row = m_list->currentIndex().row();
    if (m_changesOf == row)
        return;
    m_changesOf = row;
    m_changes->clear();
    const MigrationFile *file = fileOf(station);
    const bool isServer = m_overview->catalog.engine == Engine::PostgreSql;
    if (!file || (isServer && !canWrite())) {
        new QListWidgetItem(!file ? tr("What it changes is not known here.") : tr("Finding out needs a connection that may write."), m_changes);
        return;
    }
    new QListWidgetItem(tr("Comparing the schema before and after…"), m_changes);
    using Answer = Result<std::vector<SchemaChange>>;
    const bool isConversion = station.kind == Station::Kind::Conversion;
    ask(isServer, [overview = m_overview, at = static_cast<std::size_t>(station.index), isConversion](Connection &connection) -> Answer {
        std::vector<MigrationFile> files = overview->history.folder->files();
        if (isConversion) // it begins where the history of its variant ends
            files.push_back(overview->history.conversions[at].file);
        const std::size_t count = isConversion ? files.size() - 1 : at;
        const MigrationFolder folder(std::move(files));
        const auto before = schemaAfter(folder, count, connection);
        const auto after = before ? schemaAfter(folder, count + 1, connection) : before;
        if (!after)
            return failure(after);
        return compareSchemas({before->catalog, before->schema}, {after->catalog, after->schema}).changes;
    }, [this, row](Answer answer) {
        if (m_changesOf != row)
            return;
        m_changes->clear();
        if (!answer) {
            new QListWidgetItem(answer.error().message, m_changes);
            return;
        }
        const Tokens &tokens = Tokens::of(palette());
        for (const SchemaChange &change : *answer) {
            const bool isNew = change.before.isEmpty() && !change.after.isEmpty();
            const bool isGone = change.after.isEmpty() && !change.before.isEmpty();
            const QString place = change.object.isEmpty() || change.table.isEmpty() ? change.table + change.object : change.table + u'.' + change.object;
            const QString words = isNew ? tr("+  %1   %2").arg(place, change.after.simplified()) : isGone ? tr("−  %1   %2").arg(place, change.before.simplified())
                                                                       : tr("~  %1   %2 → %3").arg(place, change.before.simplified(), change.after.simplified());
            auto *item = new QListWidgetItem(words, m_changes);
            item->setFont(fixedFont());
            item->setForeground(isNew ? tokens.good : isGone ? tokens.bad : tokens.warn);
        }
        if (answer->empty())
            new QListWidgetItem(tr("Nothing changes in the schema; it moves data only."), m_changes);
    });
}

void MigrationsPanel::prepare(bool isStamp)
{
    const Station *station = chosen();
    if (isRefused() || !station || !m_migrate->isEnabled())
        return;
    hidePlan();
    m_message->clear();
    if (isStamp) {
        m_stampTo = station->revision;
        showPlan();
        return;
    }
    const MigrationHistory &history = m_overview->history;
    const Engine engine = m_overview->catalog.engine;
    Result<MigrationPlan> plan;
    if (station->kind == Station::Kind::Conversion) {
        const MigrationConversion &conversion = history.conversions[static_cast<std::size_t>(station->index)];
        plan = planConversion(history, m_overview->state, engine, conversion.from == history.found ? conversion.to : conversion.from);
    } else if (station->kind == Station::Kind::Applied) {
        plan = planDown(history, m_overview->state, engine, station->revision);
    } else {
        plan = planUp(history, m_overview->state, engine, station->revision);
    }
    if (!plan) {
        m_message->showError(plan.error());
        return;
    }
    m_plan = std::move(*plan);
    showPlan();
}

void MigrationsPanel::beginWork(const QString &text)
{
    m_isRunning = true;
    m_stop = {};
    m_feed = std::make_shared<RunFeed>();
    m_task = m_services.tasks.begin(text, [this] { m_stop.request_stop(); });
    m_bar->hide();
    m_progress->setRange(0, 0);
    m_progressText->setText(text);
    m_progressRow->show();
    m_timer->start();
    showStation();
}

void MigrationsPanel::endWork()
{
    m_isRunning = false;
    m_timer->stop();
    showProgress();
    m_progressRow->hide();
    m_services.tasks.end(std::exchange(m_task, 0));
    hidePlan();
}

void MigrationsPanel::run()
{
    if (!m_plan || m_isRunning || isRefused())
        return;
    beginWork(tr("Migrating"));
    MigrationRunOptions options;
    options.backup = m_backup->isChecked();
    options.backupFolder = m_services.dataFolder + u"/backups"_s;
    options.now = QDateTime::currentDateTimeUtc();
    options.stop = m_stop.get_token();
    options.log = [feed = m_feed](const QString &sentence) { feed->say(sentence); };
    options.progress = [feed = m_feed](const MigrationProgress &progress) { feed->show(progress); };
    onResult(context().pool->runOnWriter([overview = m_overview, plan = *m_plan, options](Connection &connection) {
        return runMigrations(connection, overview->history, overview->state, plan, options);
    }, m_stop.get_token()), this, [this](const Result<MigrationOutcome> &outcome) { finish(outcome); });
}

void MigrationsPanel::finish(const Result<MigrationOutcome> &outcome)
{
    endWork();
    if (!outcome && outcome.error().code == ErrorCode::Cancelled) {
        const QString words = tr("Stopped. The list shows where the database stands now.");
        m_log->appendPlainText(words);
        m_message->showNote(words);
        read();
        return;
    }
    if (!outcome) {
        m_log->appendPlainText(outcome.error().message);
        m_pages->setCurrentWidget(m_log);
        read();
        m_message->showError(outcome.error());
        return;
    }
    for (const MigrationCountResult &count : outcome->counts)
        m_log->appendPlainText(tr("%1: %L2 before, %L3 after").arg(count.title).arg(count.before).arg(count.after));
    QString words = tr("%1.").arg(outcome->done.join(u", "_s));
    if (!outcome->backupFile.isEmpty())
        words += tr(" Backup: %1").arg(outcome->backupFile);
    m_message->showNote(words);
    emit noted(words);
    read();
}

void MigrationsPanel::stamp()
{
    const QString revision = m_stampTo;
    if (isRefused())
        return;
    beginWork(tr("Stamping %1").arg(revision));
    using Answer = Result<>;
    onResult(context().pool->runOnWriter([overview = m_overview, revision](Connection &connection) -> Answer {
        return stampMigrations(connection, overview->history, overview->state, revision);
    }, m_stop.get_token()), this, [this, revision](const Answer &done) {
        endWork();
        if (done)
            m_log->appendPlainText(tr("%1 is recorded.").arg(revision));
        read();
        if (!done)
            m_message->showError(done.error());
    });
}

void MigrationsPanel::showProgress()
{
    if (!m_feed)
        return;
    for (const QString &sentence : m_feed->takeLog())
        m_log->appendPlainText(sentence);
    const MigrationProgress progress = m_feed->progress();
    if (progress.total <= 0)
        return;
    const QString phase = progress.phase == MigrationProgress::Phase::Backup ? tr("Backing up") : progress.phase == MigrationProgress::Phase::Trial ? tr("Trying") : tr("Running");
    m_progressText->setText(progress.steps > 1 ? tr("%1, %2 of %3").arg(phase).arg(progress.step + 1).arg(progress.steps) : phase);
    m_progress->setRange(0, 1000);
    m_progress->setValue(static_cast<int>(1000 * progress.done / progress.total));
    m_services.tasks.setProgress(m_task, progress.done, progress.total);
}

/// From what the database has to what its migrations make, as a file to be read and then run from a folder.
void MigrationsPanel::writeRepair()
{
    if (!m_drift || m_drift->changes.empty())
        return;
    SchemaCompareOptions options;
    options.ignoredTables = recordTables(m_overview->history);
    const Result<SchemaMigration> migration = writeSchemaMigration({m_overview->catalog, schemaOf(m_overview->catalog, m_overview->history)},
                                                                   {m_drift->expected.catalog, m_drift->expected.schema}, options);
    if (!migration) {
        m_message->showError(migration.error());
        return;
    }
    auto *dialog = new QFileDialog(this, tr("Save the migration"), u"0001_repair.sql"_s, tr("SQL (*.sql)"));
    dialog->setObjectName(u"migrationRepairDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, text = migration->toFile(tr("Takes away what differs from the migrations; to be read before it is run")).toUtf8()](const QString &path) {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
            m_message->showError({ErrorCode::Io, tr("\"%1\" cannot be written.").arg(path), file.errorString(), -1});
        else
            m_message->showNote(tr("%1 is written. Read it, then open its folder here and run it.").arg(path));
    });
    dialog->open();
}

} // namespace turnstone
