// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/dialogs/connectiondialog.h"

#include "models/connections/connectiontest.h"
#include "models/connections/envimport.h"
#include "models/core/async.h"
#include "views/dialogs/connectionlist.h"
#include "views/dialogs/connectionreportview.h"
#include "views/widgets/theme.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QThreadPool>
#include <QtConcurrentRun>

#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int listWidth = 232;

} // namespace

ConnectionDialog::ConnectionDialog(ConnectionStore &store, SecretStore &secrets, QWidget *parent)
    : QDialog(parent), m_store(store), m_secrets(secrets), m_list(new ConnectionList(this)), m_form(new ConnectionForm(this)),
      m_report(new ConnectionReportView(this))
{
    setObjectName(u"connectionDialog"_s);
    setWindowTitle(tr("Connect to PostgreSQL"));
    m_list->setFixedWidth(listWidth);

    auto *scroll = new QScrollArea(this);
    scroll->setObjectName(u"connectionScroll"_s);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_form);
    scroll->viewport()->setAutoFillBackground(false);
    m_form->setAutoFillBackground(false);

    auto *right = new QVBoxLayout;
    right->setContentsMargins(metrics::space5, metrics::space5, metrics::space5, metrics::space4);
    right->setSpacing(metrics::space3);
    right->addWidget(scroll, 1);
    right->addWidget(m_report);
    buildButtons(right);
    auto *line = new QWidget(this);
    line->setAutoFillBackground(true);
    line->setFixedWidth(1);
    line->setBackgroundRole(QPalette::Mid); // the theme's colour of lines
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_list);
    layout->addWidget(line);
    layout->addLayout(right, 1);
    resize(940, 600);

    connect(m_form, &ConnectionForm::edited, this, &ConnectionDialog::noteEdit);
    connect(m_report, &ConnectionReportView::stopRequested, this, &ConnectionDialog::stopTest);
    connect(m_list, &ConnectionList::newRequested, this, &ConnectionDialog::addNew);
    connect(m_list, &ConnectionList::duplicateRequested, this, &ConnectionDialog::duplicate);
    connect(m_list, &ConnectionList::removeRequested, this, &ConnectionDialog::remove);
    connect(m_list, &ConnectionList::undoRequested, this, &ConnectionDialog::undoRemove);
    connect(m_list, &ConnectionList::chosen, this, &ConnectionDialog::connectToServer);
    const QList<SavedConnection> connections = m_store.connections();
    for (const SavedConnection &connection : connections) {
        // One that the form cannot show is kept, but not offered: it is a file, or a newer program's.
        if (const Result<ConnectionFields> fields = ConnectionFields::fromUrl(connection.url))
            addEntry({{connection, *fields}, connection, false, false});
    }
    if (m_entries.empty())
        addEntry({});
    connect(m_list, &ConnectionList::currentRowChanged, this, &ConnectionDialog::showEntry);
    showEntry(0);
    m_list->setCurrentRow(0);
}

ConnectionDialog::~ConnectionDialog()
{
    m_stop.request_stop();
    settleRemoval();
}

void ConnectionDialog::buildButtons(QVBoxLayout *layout)
{
    const auto button = [this](const QString &name, const QString &text, const QString &accessibleName, auto action) {
        auto *made = new QPushButton(text, this);
        made->setObjectName(name);
        made->setAccessibleName(accessibleName);
        made->setAutoDefault(false);
        connect(made, &QPushButton::clicked, this, action);
        return made;
    };
    auto *row = new QHBoxLayout;
    row->setSpacing(metrics::space2);
    row->addWidget(button(u"importEnv"_s, tr("&Import from .env…"), tr("Import from a .env file"), &ConnectionDialog::chooseEnvFile));
    row->addStretch(1);
    row->addWidget(button(u"closeConnections"_s, tr("&Close"), tr("Close without connecting"), &QDialog::reject));
    row->addWidget(button(u"saveConnection"_s, tr("Sa&ve"), tr("Save the connection"), &ConnectionDialog::save));
    m_test = button(u"testConnection"_s, tr("&Test"), tr("Test the connection"), &ConnectionDialog::test);
    row->addWidget(m_test);
    m_connect = button(u"connect"_s, tr("Connect"), tr("Connect"), &ConnectionDialog::connectToServer);
    m_connect->setDefault(true);
    row->addWidget(m_connect);
    layout->addLayout(row);
}

void ConnectionDialog::addEntry(Entry entry)
{
    m_entries.push_back(std::move(entry));
    const int row = int(m_entries.size()) - 1;
    m_list->insertEntry(row, m_entries.back().draft.title());
    updateTitle(row);
}

void ConnectionDialog::showEntry(int row)
{
    if (row < 0 || row >= int(m_entries.size()))
        return;
    stopTest();
    m_report->clear();
    m_current = row;
    m_form->setDraft(current().draft);
    askKeyring();
}

void ConnectionDialog::askKeyring()
{
    Entry &entry = current();
    if (!entry.stored || !entry.stored->keepsPassword || entry.askedForPassword || !entry.draft.fields.password.isEmpty())
        return;
    entry.askedForPassword = true;
    m_form->setPasswordNote(tr("Looking for the password in the keyring…"));
    onResult(m_secrets.read(secretKey(entry.stored->url)), this, [this, id = entry.stored->id](const SecretAnswer &answer) {
        for (Entry &asked : m_entries) {
            if (!asked.stored || asked.stored->id != id)
                continue;
            const bool isShown = &asked == &current();
            const bool isWanted = answer.secret && asked.draft.fields.password.isEmpty(); // or the user was faster
            if (isWanted)
                asked.draft.fields.password = *answer.secret;
            if (isShown && isWanted)
                m_form->setPassword(*answer.secret);
            if (isShown)
                m_form->setPasswordNote(answer.note);
        }
    });
}

void ConnectionDialog::noteEdit()
{
    stopTest();
    m_report->clear(); // it was about something else
    Entry &entry = current();
    entry.draft = m_form->draft();
    entry.isChanged = true;
    updateTitle(m_current);
}

void ConnectionDialog::updateTitle(int row)
{
    const Entry &entry = m_entries[static_cast<size_t>(row)];
    m_list->setEntry(row, entry.draft.title(), entry.draft.place(), entry.stored && !entry.isChanged);
}

void ConnectionDialog::addNew()
{
    addEntry({});
    m_list->setCurrentRow(int(m_entries.size()) - 1);
    m_form->findChild<QWidget *>(u"connectionName"_s)->setFocus();
}

void ConnectionDialog::duplicate()
{
    Entry copy;
    copy.draft = current().draft;
    copy.draft.saved.id.clear();
    copy.draft.saved.name = tr("%1 (copy)").arg(current().draft.title());
    copy.isChanged = true;
    addEntry(std::move(copy));
    m_list->setCurrentRow(int(m_entries.size()) - 1);
}

void ConnectionDialog::remove()
{
    settleRemoval();
    m_removed = current();
    m_removedRow = m_current;
    if (m_removed->stored)
        m_store.remove(m_removed->stored->id);
    m_entries.erase(m_entries.begin() + m_current);
    {
        const QSignalBlocker quiet(m_list); // the rows do not match in between
        m_list->removeEntry(m_current);
    }
    if (m_entries.empty())
        addEntry({});
    const int next = std::min(m_current, int(m_entries.size()) - 1);
    m_list->setCurrentRow(next);
    showEntry(next);
    m_list->offerUndo(m_removed->draft.title());
}

void ConnectionDialog::undoRemove()
{
    if (!m_removed)
        return;
    Entry back = std::move(*m_removed);
    m_removed.reset();
    m_list->offerUndo({});
    if (back.stored)
        back.stored = m_store.save(*back.stored);
    const int row = std::min(m_removedRow, int(m_entries.size()));
    const QString title = back.draft.title();
    m_entries.insert(m_entries.begin() + row, std::move(back));
    {
        const QSignalBlocker quiet(m_list);
        m_list->insertEntry(row, title);
        updateTitle(row);
        m_list->setCurrentRow(row);
    }
    showEntry(row);
}

/// From now on the last removal cannot be taken back.
void ConnectionDialog::settleRemoval()
{
    if (m_removed && m_removed->stored)
        forgetUnused(*m_removed->stored);
    m_removed.reset();
}

void ConnectionDialog::editUrl(const DatabaseUrl &url)
{
    for (size_t row = 0; row < m_entries.size(); ++row) {
        if (url.engine() == Engine::PostgreSql && m_entries[row].stored && m_entries[row].stored->url.identity() == url.identity()) {
            m_list->setCurrentRow(int(row));
            return;
        }
    }
    Entry entry;
    if (const Result<ConnectionFields> fields = ConnectionFields::fromUrl(url))
        entry.draft.fields = *fields;
    entry.isChanged = true;
    addEntry(std::move(entry));
    m_list->setCurrentRow(int(m_entries.size()) - 1);
}

void ConnectionDialog::chooseEnvFile()
{
    auto *chooser = new QFileDialog(this, tr("Import connection"));
    chooser->setObjectName(u"envFileDialog"_s);
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setFileMode(QFileDialog::ExistingFile);
    chooser->setFilter(QDir::AllDirs | QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot); // the name begins with a dot
    chooser->setLabelText(QFileDialog::Accept, tr("Import"));
    connect(chooser, &QFileDialog::fileSelected, this, &ConnectionDialog::importEnvFile);
    chooser->open();
}

void ConnectionDialog::importEnvFile(const QString &path)
{
    onResult(QtConcurrent::run(QThreadPool::globalInstance(), [path] { return readEnvConnection(path); }), this,
             [this, path](const Result<DatabaseUrl> &url) { acceptImport(path, url); });
}

void ConnectionDialog::acceptImport(const QString &path, const Result<DatabaseUrl> &url)
{
    const Result<ConnectionFields> fields = url ? ConnectionFields::fromUrl(*url) : Result<ConnectionFields>(failure(url));
    if (!fields) {
        stopTest();
        m_report->showError(fields.error());
        return;
    }
    Entry entry;
    entry.draft.saved.name = QFileInfo(path).dir().dirName(); // the project that the file belongs to
    entry.draft.fields = *fields;
    entry.isChanged = true;
    const bool isBlank = !current().stored && !current().isChanged;
    if (isBlank) {
        current() = std::move(entry);
        updateTitle(m_current);
        showEntry(m_current);
    } else {
        addEntry(std::move(entry));
        m_list->setCurrentRow(int(m_entries.size()) - 1);
    }
    m_report->showNote(tr("Imported from %1.").arg(QDir::toNativeSeparators(path)));
}

bool ConnectionDialog::save()
{
    if (!m_form->check())
        return false;
    Entry &entry = current();
    const std::optional<SavedConnection> before = entry.stored;
    entry.stored = m_store.save(entry.draft.toSaved());
    entry.draft.saved = *entry.stored;
    entry.isChanged = false;
    const bool isLetGo = before && (!entry.stored->keepsPassword || secretKey(before->url) != secretKey(entry.stored->url));
    if (isLetGo)
        forgetUnused(*before);
    m_form->setDraft(entry.draft);
    updateTitle(m_current);
    return true;
}

void ConnectionDialog::test()
{
    if (!m_form->check())
        return;
    stopTest();
    m_isTesting = true;
    m_test->setEnabled(false);
    m_stop = std::stop_source();
    const DatabaseUrl url = current().draft.fields.toUrl();
    m_report->showRunning(url.displayText());
    // Not the window's own threads: looking up a name that nobody knows may hold one for long.
    onResult(startConnectionTest(*QThreadPool::globalInstance(), url, current().draft.options(), m_stop.get_token()), this,
             [this, stop = m_stop](const Result<ConnectionReport> &report) {
                 if (stop.stop_requested())
                     return; // its end was told when it was asked for
                 m_isTesting = false;
                 m_test->setEnabled(true);
                 if (report)
                     m_report->showReport(*report);
                 else
                     m_report->showError(report.error());
             });
}

void ConnectionDialog::stopTest()
{
    if (!m_isTesting)
        return;
    m_isTesting = false;
    m_stop.request_stop();
    m_test->setEnabled(true);
    m_report->showNote(tr("The test was stopped."));
}

void ConnectionDialog::connectToServer()
{
    if (!m_form->check())
        return;
    const ConnectionDraft draft = current().draft;
    if (current().stored || !draft.saved.name.trimmed().isEmpty())
        save();
    // Nobody waits for the answer: what the keyring cannot do is told by SecretStore::noteRaised.
    if (draft.saved.keepsPassword && !draft.fields.password.isEmpty())
        (void)m_secrets.keep(secretKey(draft.fields.toUrl()), draft.fields.password);
    stopTest();
    emit connectRequested(draft.fields.toUrl(), draft.options(), draft.saved.pool);
    accept();
}

/// Takes the password out of the keyring, unless another connection is kept under the same key.
void ConnectionDialog::forgetUnused(const SavedConnection &gone)
{
    if (!gone.keepsPassword)
        return;
    const QString key = secretKey(gone.url);
    const QList<SavedConnection> others = m_store.connections();
    for (const SavedConnection &other : others)
        if (other.keepsPassword && secretKey(other.url) == key)
            return;
    (void)m_secrets.forget(key);
}

void ConnectionDialog::done(int result)
{
    stopTest();
    settleRemoval();
    m_list->offerUndo({});
    QDialog::done(result);
}

} // namespace turnstone
